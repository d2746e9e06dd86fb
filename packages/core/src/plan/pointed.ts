// Who follows the promoted one by the plan's own hand: its agent answers and may. Each has a slot there, made beforehand, so
// that the WAL which it needs is kept from then on.
import type { Case } from '../assessment/case.ts';
import { type Findings, sayForbidden } from '../assessment/findings/index.ts';
import { slotName } from '../cluster/index.ts';
import type { Step } from './plan.ts';

/** Somebody without an agent that may is pointed by hand, if at all: nothing of a plan may rest on that. */
export function findPointed({ primary }: Case, found: Findings, following: readonly string[]): readonly string[] {
  return following.filter((id) => {
    const host = found.hosts.find((h) => h.member === id);
    const verb = id === primary ? 'start-as-standby' : 'repoint';
    return host?.isFresh === true && sayForbidden(host.host, [verb]) === undefined;
  });
}

/** Slots at the candidate; none where its agent may not make them: then they are tried when each is pointed at it. */
export function planSlots(
  given: Case,
  found: Findings,
  { candidate, siblings }: { readonly candidate: string; readonly siblings: readonly string[] },
): readonly string[] {
  const host = found.hosts.find((h) => h.member === candidate);
  const isAble = host?.isFresh === true && sayForbidden(host.host, ['slots']) === undefined;
  return isAble ? findPointed(given, found, siblings).map(slotName) : [];
}

/** A step of which the slots are made meanwhile: that costs no time of its own. */
export function withSlots<S extends Omit<Step, 'isFollowUp'>>(step: S, candidate: string, slots: readonly string[]): S {
  if (slots.length === 0) return step;
  const command = `${step.command}; meanwhile agent on ${candidate}: slots ${slots.join(', ')}`;
  return { ...step, command, slots: [...slots] };
}
