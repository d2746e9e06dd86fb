// From a case to the exact plan, or to the reason why there is none. Made before the question; approved as it stands.
import type { Case } from '../assessment/case.ts';
import { find, type Findings } from '../assessment/findings/index.ts';
import { sayBytes } from '../assessment/words.ts';
import { hasFallenSilent, rankCandidates, type Ranked, type Ranking } from './candidate.ts';
import { sayCosts, sayRewind } from './costs.ts';
import { planCommits } from './commit-wait.ts';
import { findLeftOpen } from './left-open.ts';
import { quoteLoss } from './loss.ts';
import { aheadBytes, planFastForward } from './fast-forward.ts';
import { makeSteps } from './make-steps.ts';
import type { Plan } from './plan.ts';
import { planSlots } from './pointed.ts';
import { sayReplay } from './replay.ts';
import { planFence } from './plan-fence.ts';

export type PlanOutcome =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly because: string; readonly ranking: Ranking };

export function buildPlan(given: Case, epoch: number): PlanOutcome {
  const found = find(given);
  const ranking = rankCandidates(given, found);
  const { chosen } = ranking;
  if (chosen === undefined || given.timeline === undefined) {
    const because =
      ranking.rows.length === 0
        ? 'there is no standby'
        : ranking.rows.map((row) => `${row.member}: ${row.says}`).join('; ');
    return { ok: false, because: chosen === undefined ? because : 'the primary’s timeline is not known', ranking };
  }
  const { timeline } = given;
  const all = findSiblings(given, found, chosen);
  const fastForward = planFastForward(given, found, { chosen, all });
  const { ahead } = fastForward;
  const settled = ahead === undefined ? chosen : { ...chosen, lsn: ahead.lsn };
  const siblings = all.filter((s) => aheadBytes(s, settled) === 0).map((s) => s.id);
  const further = all.filter((s) => aheadBytes(s, chosen) > 0).map((s) => s.id);
  const fence = planFence(given, found, further);
  const leftOpen = findLeftOpen(given, found, { chosen: settled, siblings });
  const commits = planCommits(given, found, { chosen, following: siblings });
  const slots = planSlots(given, found, { candidate: chosen.member, siblings });
  const steps = makeSteps(given, { chosen, fence, siblings, timeline, fastForward, leftOpen, commits, slots });
  const loss = quoteLoss(given, found, { ...ranking, chosen: settled });
  const consequences = [
    ...listConsequences(given, found, { siblings, chosen: settled }),
    ...sayReplay(given, chosen),
    ...commits.consequences,
  ];
  const kind = 'failover';
  return {
    ok: true,
    plan: toPlan(given, { kind, epoch, ranking, chosen, fence, timeline, loss, steps, consequences }),
  };
}

type Made = Pick<Plan, 'kind' | 'epoch' | 'fence' | 'timeline' | 'loss' | 'steps' | 'consequences'> & {
  readonly ranking: Ranking;
  readonly chosen: Ranked;
};

/** A plan that promotes somebody. */
export function toPlan(given: Case, { ranking, chosen, ...made }: Made): Plan {
  return {
    v: 1,
    cluster: given.topology.id,
    primary: given.primary,
    candidate: chosen.member,
    systemIdentifier: chosen.systemId,
    candidateLsn: chosen.lsn,
    ranking: [...ranking.rows],
    pointOfNoReturn: 'promote',
    ...made,
  };
}

/** Standbys that may follow the candidate: fed by the old primary, on its timeline, seen lately. */
export function findSiblings(given: Case, found: Findings, chosen: Ranked): Findings['standbys'] {
  return found.standbys.filter(
    (s) =>
      s.id !== chosen.member &&
      s.isFresh &&
      s.isDirect &&
      !hasFallenSilent(given, s) &&
      given.memory.members.get(s.id)?.inRecovery !== false,
  );
}

function listConsequences(
  given: Case,
  found: Findings,
  { siblings, chosen }: { siblings: readonly string[]; chosen: Ranked },
): string[] {
  const ahead = found.standbys.filter(
    (s) => s.isFresh && s.isDirect && s.id !== chosen.member && aheadBytes(s, chosen) > 0,
  );
  const left = found.standbys.filter(
    (s) => !siblings.includes(s.id) && s.whyNot !== undefined && !s.whyNot.startsWith('it follows'),
  );
  return [
    ...sayCosts(given, chosen),
    'Unlogged tables, if there are any, are empty after a promotion.',
    `${given.primary} stays down until it is brought back ${sayRewind(given) ?? 'as a standby; whether pg_rewind is possible is not known'}.`,
    ...ahead.map(
      (s) =>
        `${s.id} received ${sayBytes(aheadBytes(s, chosen))} more than ${chosen.member}: it can't follow and must be rewound.`,
    ),
    ...left.map((s) => `${s.id} is left as it is: ${s.whyNot}.`),
  ];
}
