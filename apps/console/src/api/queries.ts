// One hook for each thing the controller tells. The live line refreshes them; the intervals are the net beneath it.
import type {
  AuditPage,
  ClusterHistory,
  ClusterView,
  InboxView,
  ProposalView,
  ReadinessView,
  RunView,
  SandboxView,
  Session,
} from '@petrov/core/wire';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ApiFailure, getJson } from './client.ts';
import { useConnections } from './context.ts';
import { keys } from './keys.ts';

/** `null` = nobody is signed in. */
export function useSession() {
  return useQuery({
    queryKey: keys.session,
    queryFn: () => orNull(getJson<Session>('/session'), 401),
    staleTime: 60_000,
  });
}

export function useClusters() {
  const told = useTimed();
  return useQuery({
    queryKey: keys.clusters,
    queryFn: async () => (await getJson<ClusterView[]>('/clusters')).map(told),
    refetchInterval: 10_000,
  });
}

export function useCluster(id: string) {
  const told = useTimed();
  return useQuery({
    queryKey: keys.cluster(id),
    queryFn: async () => told(await getJson<ClusterView>(`/clusters/${encodeURIComponent(id)}`)),
    refetchInterval: 10_000,
  });
}

/** The controller asks the servers for it, so it's asked rarely; the live line tells nothing of it. */
export function useReadiness(id: string) {
  const told = useTimed();
  return useQuery({
    queryKey: keys.readiness(id),
    queryFn: async () => told(await getJson<ReadinessView>(`/clusters/${encodeURIComponent(id)}/readiness`)),
    refetchInterval: 30_000,
  });
}

export function useHistory(id: string) {
  const told = useTimed();
  return useQuery({
    queryKey: keys.history(id),
    queryFn: async () => told(await getJson<ClusterHistory>(`/clusters/${encodeURIComponent(id)}/history?minutes=10`)),
    refetchInterval: 5_000,
  });
}

export function useProposals() {
  const told = useTimed();
  return useQuery({
    queryKey: keys.proposals,
    queryFn: async () => (await getJson<ProposalView[]>('/proposals')).map(told),
    refetchInterval: 10_000,
  });
}

export function useProposal(id: string) {
  const told = useTimed();
  return useQuery({
    queryKey: keys.proposal(id),
    queryFn: async () => told(await getJson<ProposalView>(`/proposals/${encodeURIComponent(id)}`)),
    refetchInterval: 2_000,
  });
}

export function useRun(id: string) {
  const told = useTimed();
  return useQuery({
    queryKey: keys.run(id),
    queryFn: async () => told(await getJson<RunView>(`/runs/${encodeURIComponent(id)}`)),
    refetchInterval: 2_000,
  });
}

export function useRecord(cluster: string) {
  return useInfiniteQuery({
    queryKey: keys.recordOf(cluster),
    initialPageParam: 0,
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({ limit: '50' });
      if (pageParam > 0) query.set('before', String(pageParam));
      if (cluster !== '') query.set('cluster', cluster);
      return getJson<AuditPage>(`/audit?${query}`);
    },
    getNextPageParam: (page) => page.nextBefore,
  });
}

/** `null` = no sandbox is configured here. */
export function useSandbox(isWanted: boolean) {
  return useQuery({
    queryKey: keys.sandbox,
    queryFn: () => orNull(getJson<SandboxView>('/sandbox'), 404),
    refetchInterval: 5_000,
    enabled: isWanted,
  });
}

export function useInbox() {
  return useQuery({
    queryKey: keys.inbox,
    queryFn: () => getJson<InboxView>('/sandbox/inbox'),
    refetchInterval: 3_000,
  });
}

function useTimed() {
  const { clock } = useConnections();
  return <T extends { readonly nowMs: number }>(view: T): T => {
    clock.notice(view.nowMs);
    return view;
  };
}

async function orNull<T>(answer: Promise<T>, status: number): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiFailure && error.status === status) return null;
    throw error;
  }
}
