// Verdicts that a person should hear of though nothing is proposed: one page an episode, resolved when it's over.
import type { Assessment } from '../assessment/index.ts';
import { pageWarning } from './pages.ts';
import type { Judged } from './judge.ts';
import { type ClusterState, type EngineState, hasPromoted } from './state.ts';

export function keepWarning(state: EngineState, cluster: ClusterState, nowMs: number): Judged {
  const { assessment, pagedVerdict } = cluster;
  if (assessment === undefined) return { cluster, effects: [] };
  // A run speaks for itself, but for two that take writes, or one that was promoted and is out: that can't wait for its end.
  const isUrgent = assessment.verdict === 'split-brain' || (hasPromoted(cluster) && isFailure(assessment));
  if (isRunning(cluster) && !isUrgent) return { cluster, effects: [] };
  if (nowMs < state.doubtUntilMs && assessment.verdict !== 'healthy') return { cluster, effects: [] };
  const isOneOfMany = state.fleet?.clusters.includes(cluster.topology.id) === true;
  if (isOneOfMany && assessment.verdict !== 'split-brain') return { cluster, effects: [] };
  const { environment } = cluster.topology;
  if (assessment.action === 'page' && pagedVerdict?.verdict !== assessment.verdict) {
    const episode = pagedVerdict?.episode ?? `${assessment.cluster}-w${nowMs}`;
    const paged = { verdict: assessment.verdict, episode };
    // One incident for one episode: a changed verdict updates it under an id of its own.
    return {
      cluster: { ...cluster, pagedVerdict: paged },
      effects: [withVerdict(pageWarning(assessment, environment, { event: 'warning', episode }), assessment.verdict)],
    };
  }
  if (assessment.verdict === 'healthy' && pagedVerdict !== undefined) {
    return {
      cluster: { ...cluster, pagedVerdict: undefined },
      effects: [pageWarning(assessment, environment, { event: 'resolved', episode: pagedVerdict.episode })],
    };
  }
  return { cluster, effects: [] };
}

function isRunning({ run }: ClusterState): boolean {
  return run !== undefined && run.plan.kind !== 'rejoin';
}

/** A failover is due by the evidence, and can't or may not be proposed. */
function isFailure({ action, verdict, rule }: Assessment): boolean {
  return action === 'page' && (verdict === 'no-candidate' || rule.endsWith('/cool-down'));
}

function withVerdict(effect: ReturnType<typeof pageWarning>, verdict: string): ReturnType<typeof pageWarning> {
  return effect.type === 'page' ? { ...effect, page: { ...effect.page, id: `${effect.page.id}-${verdict}` } } : effect;
}
