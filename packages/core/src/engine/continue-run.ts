// What a person does with a stuck run: let it go on, or give it up.
import { hasStarted, isDone, type Run } from '../journal/index.ts';
import type { Proposal } from '../proposal/index.ts';
import { canLeaveFence } from './fence-left.ts';
import { abandonSteps } from './abandon.ts';
import { auditPerson } from './entries.ts';
import { proceed } from './execute.ts';
import type { DecisionInput, Effect } from './io.ts';
import type { Judged } from './judge.ts';
import { move, note } from './move.ts';
import { findOtherLeader } from './other-leader.ts';
import type { ClusterState, EngineState } from './state.ts';

type Continued =
  | (Judged & { readonly ok: true })
  | { readonly ok: false; readonly code: string; readonly says: string };
type Asked = { readonly decision: DecisionInput; readonly nowMs: number; readonly proposal: Proposal };

export function resumeRun(state: EngineState, cluster: ClusterState, { decision, nowMs, proposal }: Asked): Continued {
  const { run } = cluster;
  if (run === undefined || proposal.state !== 'stuck')
    return { ok: false, code: 'not-in-this-state', says: `The run is not stuck: the proposal is ${proposal.state}.` };
  if (run.abandoning !== undefined) return beingGivenUp(run.abandoning.by);
  const noted = note(cluster, run, { type: 'resumed', atMs: nowMs, by: decision.actor.name });
  const moved = move(noted.cluster, { event: 'resume' });
  const repromoted = isDone(run, 'promote')
    ? move(moved.cluster, { event: 'promote', atMs: nowMs })
    : { cluster: moved.cluster, effects: [] };
  const went = proceed(state, repromoted.cluster, nowMs);
  return {
    ok: true,
    cluster: went.cluster,
    effects: [
      ...noted.effects,
      ...moved.effects,
      ...repromoted.effects,
      ...sayContinued('P3007', 'resumed', { decision, nowMs, proposal: repromoted.cluster.proposal ?? proposal, run }),
      ...went.effects,
    ],
  };
}

/** Giving up is a plan too: a promotion in flight is dropped first, then the fence is lifted unless another leads; or it's refused. */
export function abandonRun(state: EngineState, cluster: ClusterState, { decision, nowMs, proposal }: Asked): Continued {
  const { run } = cluster;
  if (run === undefined || !mayGiveUp(proposal))
    return {
      ok: false,
      code: 'not-in-this-state',
      says: `Only a run that is stuck is abandoned, or a rejoin that runs; the proposal is ${proposal.state}.`,
    };
  if (run.abandoning !== undefined) return beingGivenUp(run.abandoning.by);
  const other = findOtherLeader(cluster, run.plan, nowMs);
  if (isDone(run, 'promote') || (hasStarted(run, 'promote') && other === run.plan.candidate))
    return {
      ok: false,
      code: 'already-promoted',
      says: `${run.plan.candidate} is promoted: there is no way back. Resume it.`,
    };
  const leavesFence = decision.leavesFence === true;
  if (leavesFence && !canLeaveFence(run))
    return { ok: false, code: 'no-fence-to-leave', says: 'This run has fenced no primary: there is nothing to leave.' };
  // Where somebody else promoted a member meanwhile nothing is taken back: what was the primary stays fenced.
  const steps =
    other === undefined
      ? abandonSteps(run, leavesFence)
      : abandonSteps(run, true).filter(({ verb }) => verb === 'drop-promotion');
  const abandoning = {
    by: decision.actor.name,
    atMs: nowMs,
    reason: decision.reason,
    steps: [...steps],
    ...(leavesFence ? { leavesFence } : {}),
  };
  const next: Run = { ...run, abandoning };
  const went = proceed(state, { ...cluster, run: next }, nowMs);
  return {
    ok: true,
    cluster: went.cluster,
    effects: [
      { type: 'store', what: 'run', run: next },
      ...sayContinued('P3008', leavesFence ? 'leaves the fence and gives up' : 'gives up', {
        decision,
        nowMs,
        proposal,
        run,
      }),
      ...went.effects,
    ],
  };
}

/** A rejoin at any time: it may take a day, and what it was at leaves its member down and fenced, or a standby. */
export function mayGiveUp({ state, revision }: Proposal): boolean {
  return state === 'stuck' || (state === 'executing' && revision.plan.kind === 'rejoin');
}

function beingGivenUp(by: string): Continued {
  return { ok: false, code: 'being-given-up', says: `${by} gives it up at this moment: wait for its end.` };
}

function sayContinued(
  code: 'P3007' | 'P3008',
  verb: string,
  { decision, nowMs, proposal, run }: Asked & { run: Run },
): readonly Effect[] {
  const says = `${decision.actor.name} ${verb} ${run.id}: ${decision.reason}`;
  return [
    auditPerson(code, says, {
      atMs: nowMs,
      cluster: run.cluster,
      proposal: run.proposal,
      actor: decision.actor,
      proof: decision.proof,
      payload: { run: run.id, reason: decision.reason, leavesFence: decision.leavesFence ?? false },
    }),
    { type: 'reply', to: decision.id, ok: true, says, proposal },
  ];
}
