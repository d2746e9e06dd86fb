// A switchover or a rejoin that was asked for: its plan is made anew at each tick, so that what stands there is what would be
// done; it's withdrawn when it can't be done any more. What runs is the executor's.
import type { Assessment } from '../assessment/index.ts';
import { buildRejoin, buildSwitchover, type Request, type RequestedPlan } from '../plan/index.ts';
import type { Proposal } from '../proposal/index.ts';
import { endProposal } from './end-proposal.ts';
import type { Judged } from './judge.ts';
import { keepApproved } from './keep-approved.ts';
import { makeCase } from './make-case.ts';
import { revise } from './revise.ts';
import type { ClusterState, EngineState } from './state.ts';

/** A source that misses a beat doesn't make it impossible. */
const IMPOSSIBLE_FOR_MS = 5_000;

export function planRequested(
  state: EngineState,
  cluster: ClusterState,
  { request, nowMs }: { request: Request; nowMs: number },
): RequestedPlan {
  const given = makeCase(state, cluster, nowMs);
  const { epoch, former, syncLowered } = cluster.record;
  return request.kind === 'rejoin'
    ? buildRejoin(given, epoch, { request, former, syncLowered })
    : buildSwitchover(given, epoch, { request, syncLowered });
}

/** What a person is shown as the case: what is believed of the cluster now, with what this question rests on. */
export function assessRequested(
  cluster: ClusterState,
  made: Extract<RequestedPlan, { ok: true }>,
  nowMs: number,
): Assessment {
  const { headline, explanation } = made;
  return {
    cluster: cluster.topology.id,
    atMs: nowMs,
    verdict: cluster.assessment?.verdict ?? 'inconclusive',
    action: made.plan.kind === 'switchover' ? 'propose-switchover' : 'none',
    rule: `requested/${made.plan.kind}`,
    headline,
    explanation,
    for: [...made.for],
    against: [...made.against],
    unknown: [],
    lookedIn: ['the witnesses’ answers from the primary', 'the agents’ words', 'the standbys’ receivers'],
  };
}

export function keepRequested(
  state: EngineState,
  cluster: ClusterState,
  asked: { proposal: Proposal; request: Request; nowMs: number },
): Judged {
  const { proposal, nowMs } = asked;
  if (proposal.state !== 'open' && proposal.state !== 'approved') return { cluster, effects: [] };
  const made = planRequested(state, cluster, asked);
  if (!made.ok) {
    const sinceMs = cluster.impossibleSinceMs ?? nowMs;
    if (nowMs - sinceMs < IMPOSSIBLE_FOR_MS)
      return { cluster: { ...cluster, impossibleSinceMs: sinceMs }, effects: [] };
    const because = `It can't be done now: ${made.because}.`;
    return endProposal({ ...cluster, impossibleSinceMs: undefined }, proposal, { event: 'withdraw', nowMs, because });
  }
  const possible: ClusterState = { ...cluster, impossibleSinceMs: undefined };
  const shown = { assessment: assessRequested(cluster, made, nowMs), plan: made.plan, nowMs };
  if (proposal.state === 'approved') return keepApproved(state, possible, { proposal, ...shown });
  if (nowMs >= proposal.expiresAtMs) {
    const because = 'Nobody answered in time. Ask again if it is still wanted.';
    return endProposal(possible, proposal, { event: 'expire', nowMs, because });
  }
  return revise(state, possible, { proposal, ...shown });
}
