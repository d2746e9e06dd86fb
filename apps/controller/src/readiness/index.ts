// Readiness of a cluster, gathered on request: servers by SQL, who would be promoted and who is heard from the engine's
// view, proofs from the store. Asked once at a time, and an answer is kept for some seconds: many viewers are one question.
import { resolvePolicy } from '@petrov/core/cluster';
import { checkReadiness, type MemberReadiness, sayReadiness } from '@petrov/core/readiness';
import type { Run } from '@petrov/core/journal';
import type { ClusterView, ReadinessView } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import type { Reach } from '../drivers/facts.ts';
import { agentSourceId } from '../intake/sources.ts';
import { readProofs } from './read-proofs.ts';
import { readHeartbeats, readServers, readUnlogged } from './read-servers.ts';

const KEPT_MS = 5_000;

export type Readiness = (view: ClusterView) => Promise<ReadinessView>;
type Deps = {
  readonly reach: Reach;
  readonly clock: Clock;
  readonly records: { readonly runs: (limit: number) => Promise<readonly { readonly run: Run }[]> };
  readonly witnesses: number;
};

export function createReadiness(deps: Deps): Readiness {
  const kept = new Map<string, { readonly askedMs: number; readonly answer: Promise<ReadinessView> }>();
  return async (view) => {
    const askedMs = deps.clock.monotonicMs();
    const last = kept.get(view.id);
    const isKept = last !== undefined && askedMs - last.askedMs < KEPT_MS;
    const answer = isKept ? last.answer : gather(deps, view);
    if (!isKept) kept.set(view.id, { askedMs, answer });
    return { ...(await answer), nowMs: deps.clock.nowMs() };
  };
}

async function gather(deps: Deps, view: ClusterView): Promise<ReadinessView> {
  const { reach, clock } = deps;
  const atMs = clock.nowMs();
  const configured = reach.cluster(view.id);
  const { freshnessMs } = resolvePolicy(configured.policy);
  const primary = view.primary === undefined ? undefined : { cluster: view.id, member: view.primary };
  const [servers, proofs] = await Promise.all([readServers(reach, view.id), readProofs(deps.records, view.id)]);
  // One connection at a time at each server: the role's few are the executor's when it comes to it.
  const answering = primary !== undefined && servers.get(primary.member)?.ok ? primary : undefined;
  const heartbeats = await readHeartbeats(reach, answering);
  const unlogged = await readUnlogged(reach, answering);
  const members = configured.members.map(({ id, agent, sync: isSync }): MemberReadiness => {
    const server = servers.get(id) ?? { ok: false, says: 'it was not asked' };
    const { gateAskedAtMs, agentAllows, logins } = view.members.find((member) => member.id === id) ?? {};
    const isAgentHeard = isHeard(view, id, freshnessMs);
    return { id, server, isSync, hasAgent: agent !== undefined, isAgentHeard, gateAskedAtMs, agentAllows, logins };
  });
  const plan = view.ifItCameToIt;
  const checks = checkReadiness({
    nowMs: atMs,
    cluster: view.id,
    primary: view.primary,
    syncLowered: view.syncLowered,
    candidate:
      plan?.candidate === undefined
        ? { ok: false, says: withoutStop(plan?.says ?? 'no standby was heard recently enough') }
        : { ok: true, value: plan.candidate },
    members,
    fences: configured.fences.map(({ method }) => method),
    proofs,
    unlogged,
    heartbeats,
    witnesses: deps.witnesses,
  });
  return { cluster: view.id, nowMs: atMs, atMs, says: sayReadiness(checks), checks };
}

function isHeard({ observers, nowMs }: ClusterView, member: string, withinMs: number): boolean {
  const agent = observers.find(({ source }) => source === agentSourceId(member));
  return agent?.lastHeardAtMs !== undefined && nowMs - agent.lastHeardAtMs <= withinMs;
}

function withoutStop(sentence: string): string {
  return sentence.replace(/^Nobody could take over: /, '').replace(/\.$/, '');
}
