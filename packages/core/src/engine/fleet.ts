// The mass-failure brake: many clusters that become suspect at once are one incident about what they share (a router, a
// zone, a credential), not many failovers. While it holds nothing new is proposed; what was already asked stays asked, and
// can't be approved; the dwell of each begins anew when it ends. Thresholds: the most careful policy among the suspects.
import type { Assessment, Evidence } from '../assessment/index.ts';
import { sayDuration, sayList } from '../assessment/index.ts';
import type { Effect } from './io.ts';
import { pageWarning } from './pages.ts';
import { type ClusterState, type EngineState, type Fleet, isBusy } from './state.ts';

const RULE = 'common-cause/fleet';
const NAMES_MAX = 5;

type Suspect = { readonly id: string; readonly cluster: ClusterState; readonly sinceMs: number };

/** Ids of the clusters that failed together; none = no common cause is seen. */
export function findFleet(clusters: ReadonlyMap<string, ClusterState>): ReadonlySet<string> {
  const suspects = [...clusters].flatMap(toSuspect).sort((a, b) => a.sinceMs - b.sinceMs);
  const policies = suspects.map((s) => s.cluster.policy);
  const least = (pick: 'fleetMinSuspect' | 'fleetRatio') => Math.min(...policies.map((p) => p[pick]));
  const needed = Math.max(least('fleetMinSuspect'), Math.ceil(least('fleetRatio') * clusters.size));
  const windowMs = Math.max(...policies.map((p) => p.fleetWindowMs));
  const together = new Set<string>();
  let first = 0;
  for (const [last, { sinceMs }] of suspects.entries()) {
    while (sinceMs - (suspects[first]?.sinceMs ?? sinceMs) > windowMs) first += 1;
    if (last - first + 1 >= needed) for (const s of suspects.slice(first, last + 1)) together.add(s.id);
  }
  return together;
}

/** Suspected by a quorum of witnesses, and nobody said that it would be so. */
function toSuspect([id, cluster]: readonly [string, ClusterState]): readonly Suspect[] {
  const { judgment, assessment } = cluster;
  const sinceMs = judgment.suspectedSinceMs ?? judgment.holdsSinceMs;
  const isSuspected = judgment.isQuorumSuspecting === true || judgment.holdsSinceMs !== undefined;
  return isSuspected && sinceMs !== undefined && assessment?.verdict !== 'declared' ? [{ id, cluster, sinceMs }] : [];
}

/** A failure that was about to be proposed, or is, as one of many. */
export function holdBack(cluster: ClusterState, together: ReadonlySet<string>, nowMs: number): ClusterState {
  const { assessment, judgment } = cluster;
  const isFailure = judgment.holdsSinceMs !== undefined && !isBusy(cluster);
  if (assessment === undefined || !isFailure || !together.has(cluster.topology.id)) return cluster;
  const isAsked = cluster.proposal?.state === 'open';
  return {
    ...cluster,
    assessment: asCommonCause(assessment, together, judgment.suspectedSinceMs ?? nowMs),
    judgment: { ...judgment, holdsSinceMs: isAsked ? judgment.holdsSinceMs : nowMs },
  };
}

function asCommonCause(assessment: Assessment, together: ReadonlySet<string>, sinceMs: number): Assessment {
  const { dueAtMs: _, ...rest } = assessment;
  const others = [...together].filter((id) => id !== assessment.cluster);
  const item: Evidence = {
    id: 'fleet/suspects',
    kind: 'fleet',
    source: 'petrov',
    says: `${sayNames(others)} became suspect in the same moment`,
    sinceAtMs: sinceMs,
    seenAtMs: assessment.atMs,
  };
  return {
    ...rest,
    verdict: 'common-cause',
    action: 'page',
    rule: RULE,
    headline: `${together.size} clusters failed at once: suspect what they share.`,
    explanation: `${assessment.headline} So it is for ${sayNames(others)}, within moments: a network, a zone or a credential that they share is more likely than as many dead servers. Nothing is proposed until that has cleared.`,
    for: [item, ...assessment.against],
    against: assessment.for,
  };
}

export function isHeldBack(assessment: Assessment | undefined): boolean {
  return assessment?.rule === RULE;
}

/** One page when it begins, for all; resolved when it's over. */
export function keepFleet(
  state: EngineState,
  together: ReadonlySet<string>,
  nowMs: number,
): { readonly fleet: Fleet | undefined; readonly effects: readonly Effect[] } {
  const before = state.fleet;
  if (together.size === 0) {
    if (before === undefined) return { fleet: undefined, effects: [] };
    const says = `After ${sayDuration(nowMs - before.sinceMs)}. What is still out is judged by itself now.`;
    return { fleet: undefined, effects: pageFleet(state, before, { event: 'resolved', says, atMs: nowMs }) };
  }
  const clusters = [...together].sort();
  if (before !== undefined) return { fleet: { ...before, clusters }, effects: [] };
  const fleet = { episode: `fleet-${nowMs}`, sinceMs: nowMs, clusters };
  const says = `${sayNames(clusters)}: one incident about what they share. No failover is proposed until it has cleared.`;
  return { fleet, effects: pageFleet(state, fleet, { event: 'warning', says, atMs: nowMs }) };
}

function pageFleet(
  state: EngineState,
  { episode, clusters }: Fleet,
  { event, says, atMs }: { event: 'warning' | 'resolved'; says: string; atMs: number },
): readonly Effect[] {
  const [cluster = ''] = clusters;
  const environment = state.clusters.get(cluster)?.topology.environment ?? 'production';
  const headline =
    event === 'warning'
      ? `${clusters.length} of ${state.clusters.size} clusters failed at once.`
      : 'Common cause over.';
  const assessment: Assessment = {
    cluster,
    atMs,
    verdict: 'common-cause',
    action: 'page',
    rule: RULE,
    headline,
    explanation: says,
    for: [],
    against: [],
    unknown: [],
    lookedIn: [],
  };
  return [pageWarning(assessment, environment, { event, episode })];
}

function sayNames(ids: readonly string[]): string {
  const shown = ids.slice(0, NAMES_MAX);
  return ids.length > NAMES_MAX ? `${shown.join(', ')} and ${ids.length - NAMES_MAX} more` : sayList(shown);
}
