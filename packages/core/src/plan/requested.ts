// What every requested change needs, whichever it is: a primary that most witnesses see serving, and agents that answer.
import type { Evidence } from '../assessment/assessment.ts';
import type { Case } from '../assessment/case.ts';
import type { Findings } from '../assessment/findings/index.ts';
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

/** Undefined when the agent beside this member was heard lately. */
export function refuseSilentAgent(found: Findings, member: string): string | undefined {
  const host = found.hosts.find((h) => h.member === member);
  return host?.isFresh === true ? undefined : `the agent on ${member} is silent: nothing can be done there`;
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
