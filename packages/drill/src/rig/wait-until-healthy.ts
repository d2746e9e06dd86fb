// When a rig counts as up: the verdict is healthy, every witness and agent was heard, client writes are acknowledged.
import { ClusterView } from '@petrov/core/wire';
import { waitUntil } from '../wait.ts';
import type { RigParts } from './rig.ts';

const WITHIN_MS = 120_000;

export async function waitUntilHealthy(parts: Pick<RigParts, 'controller' | 'cluster'>, signal?: AbortSignal) {
  const client = parts.controller.client();
  let last: ClusterView | undefined;
  const isHealthy = async (): Promise<ClusterView | undefined> => {
    last = await client.get(`/clusters/${parts.cluster}`, ClusterView);
    return isAllWell(last) ? last : undefined;
  };
  try {
    return await waitUntil(isHealthy, { what: 'a healthy verdict', timeoutMs: WITHIN_MS, everyMs: 100, signal });
  } catch (error) {
    if (last !== undefined && error instanceof Error) error.message += ` (${describe(last)})`;
    throw error;
  }
}

export function isAllWell(view: ClusterView): boolean {
  const heard = view.observers.every(
    (observer) => observer.lastHeardAtMs !== undefined && observer.doubt === undefined,
  );
  const standbys = view.members.filter((member) => member.role === 'standby');
  return (
    view.assessment.verdict === 'healthy' &&
    heard &&
    view.observers.length > 0 &&
    standbys.length === view.members.length - 1 &&
    (view.writes?.succeeded ?? 0) > 0
  );
}

function describe(view: ClusterView): string {
  const quiet = view.observers.filter(({ lastHeardAtMs, doubt }) => lastHeardAtMs === undefined || doubt !== undefined);
  const doubts = quiet.map(({ source, doubt }) => `${source}: ${doubt ?? 'not heard yet'}`).join('; ');
  const writes = view.writes === undefined ? 'no client heard' : `${view.writes.succeeded} client writes in a second`;
  return `the verdict is ${view.assessment.verdict}: ${view.assessment.headline} ${doubts}; ${writes}`;
}
