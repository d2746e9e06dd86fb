// What every requested change needs, whichever it is: a primary that most witnesses see serving, and agents that answer.
import type { Evidence } from '../assessment/assessment.ts';
import type { Case } from '../assessment/case.ts';
import { type Findings, sayForbidden } from '../assessment/findings/index.ts';
import type { Plan } from './plan.ts';

export type RequestedPlan =
  | {
      readonly ok: true;
      readonly plan: Plan;
      readonly headline: string;
      readonly explanation: string;
      readonly for: readonly Evidence[];
      readonly against: readonly Evidence[];
    }
  /** Why it can't be done now, in a sentence. */
  | { readonly ok: false; readonly because: string };

/** Undefined when most of the configured witnesses see it serve. */
export function refuseUnserved(given: Case, found: Findings): string | undefined {
  const seeing = found.reach.filter((w) => w.seesAlive).length;
  return seeing * 2 > given.witnesses.length
    ? undefined
    : `${seeing} of ${given.witnesses.length} witnesses see ${given.primary} serving: most of them must`;
}

/** Undefined when the agent beside this member was heard lately, and obeys what the change asks of it. */
export function refuseByAgent(found: Findings, member: string, verbs: readonly string[]): string | undefined {
  const host = found.hosts.find((h) => h.member === member);
  return host?.isFresh === true
    ? refuseForbidden(found, member, verbs)
    : `the agent on ${member} is silent: nothing can be done there`;
}

/** Undefined when nothing is known against it. */
export function refuseForbidden(found: Findings, member: string, verbs: readonly string[]): string | undefined {
  const forbidden = sayForbidden(found.hosts.find((h) => h.member === member)?.host, verbs);
  return forbidden && `the agent on ${member} ${forbidden}: add it under "allow" in its file and restart it`;
}

export function serving(given: Case, found: Findings): Evidence[] {
  return found.reach
    .filter((w) => w.seesAlive)
    .map((w) => ({
      id: `serves/${w.id}`,
      kind: 'reach',
      source: w.id,
      zone: w.zone,
      says: `${given.primary} answers`,
      sinceAtMs: w.sql?.track.last.atMs ?? given.nowMs,
      seenAtMs: w.sql?.track.last.atMs ?? given.nowMs,
    }));
}
