// A readiness check: one question about a failover that hasn't happened. Pure: facts in, a finding out.
import { z } from 'zod';
import type { MemberReadiness, ReadinessFacts, ServerFacts } from './facts.ts';

/**
 * `ok`: a failover is not hindered. `costs`: it works, and this is what is lost or has to be done afterwards. `fails`: it
 * would not work, or writes would not. `unknown`: it could not be read, which is never taken as good.
 */
export const ReadinessState = z.enum(['ok', 'costs', 'unknown', 'fails']);
export type ReadinessState = z.infer<typeof ReadinessState>;

export type Finding = {
  readonly state: ReadinessState;
  /** A sentence. */
  readonly says: string;
  /** What a person can do about it; absent where there is nothing to do. */
  readonly toDo?: string | undefined;
};

export type Check = {
  readonly id: string;
  readonly title: string;
  readonly examine: (facts: ReadinessFacts) => Finding;
};

export function ok(says: string): Finding {
  return { state: 'ok', says };
}
export function costs(says: string, toDo?: string): Finding {
  return { state: 'costs', says, toDo };
}
export function fails(says: string, toDo?: string): Finding {
  return { state: 'fails', says, toDo };
}
export function unknown(says: string, toDo?: string): Finding {
  return { state: 'unknown', says, toDo };
}

/** The worst of several, with the words of all that aren't ok; what is to be done is said once. */
export function worstOf(findings: readonly Finding[], whenAllOk: string): Finding {
  const bad = findings.filter(({ state }) => state !== 'ok');
  if (bad.length === 0) return ok(whenAllOk);
  const rank = (state: ReadinessState): number => ReadinessState.options.indexOf(state);
  const [worst] = bad.toSorted((a, b) => rank(b.state) - rank(a.state));
  const toDo = [...new Set(bad.flatMap((one) => one.toDo ?? []))].join(' ');
  return {
    state: worst?.state ?? 'unknown',
    says: bad.map((one) => one.says).join(' '),
    toDo: toDo === '' ? undefined : toDo,
  };
}

/** What `examine` finds at the primary; unknown where there is none or it can't be read. */
export function atPrimary(facts: ReadinessFacts, examine: (server: ServerFacts, id: string) => Finding): Finding {
  const primary = facts.members.find(({ id }) => id === facts.primary);
  return primary === undefined ? unknown('Which member is the primary isn’t known.') : at(primary, examine);
}

/** What `examine` finds at the one that would be promoted. */
export function atCandidate(facts: ReadinessFacts, examine: (server: ServerFacts, id: string) => Finding): Finding {
  const { candidate } = facts;
  const member = candidate.ok ? facts.members.find(({ id }) => id === candidate.value) : undefined;
  return member === undefined ? unknown('Nobody would be promoted now.') : at(member, examine);
}

export function at(member: MemberReadiness, examine: (server: ServerFacts, id: string) => Finding): Finding {
  return member.server.ok ? examine(member.server.value, member.id) : unknown(`${member.id}: ${member.server.says}.`);
}

export function standbysOf(facts: ReadinessFacts): readonly MemberReadiness[] {
  return facts.members.filter(({ id }) => id !== facts.primary);
}

export function isCandidate({ candidate }: ReadinessFacts, id: string): boolean {
  return candidate.ok && candidate.value === id;
}

/** A whole number of a setting; undefined where the server doesn't have it. */
export function numberOf({ settings }: ServerFacts, name: string): number | undefined {
  const text = settings[name];
  return text === undefined || !/^-?\d+$/.test(text) ? undefined : Number(text);
}
