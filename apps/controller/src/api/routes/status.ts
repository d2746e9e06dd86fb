// What is: the controller, its clusters, and their last hour.
import { ClusterHistory, ClusterView, StatusView } from '@petrov/core/wire';
import { z } from 'zod';
import { type ApiContext, type App, getIdentity } from '../context.ts';
import { checkHealth } from '../health.ts';
import { readCluster, readClusters } from '../views.ts';

const ById = z.object({ id: z.string().max(100) });
const Minutes = z.object({ minutes: z.coerce.number().int().min(1).max(60).default(10) });

export function addStatusRoutes(app: App, context: ApiContext): void {
  const { deps } = context;
  app.get('/status', { schema: { response: { 200: StatusView } } }, async (request) => {
    getIdentity(request);
    return await viewStatus(context);
  });
  app.get('/clusters', { schema: { response: { 200: z.array(ClusterView) } } }, (request) => {
    getIdentity(request);
    return readClusters(deps);
  });
  app.get('/clusters/:id', { schema: { params: ById, response: { 200: ClusterView } } }, (request) => {
    getIdentity(request);
    return readCluster(deps, request.params.id);
  });
  app.get(
    '/clusters/:id/history',
    { schema: { params: ById, querystring: Minutes, response: { 200: ClusterHistory } } },
    (request) => {
      getIdentity(request);
      const { id } = readCluster(deps, request.params.id);
      return context.history.read(id, request.query.minutes, deps.clock.nowMs());
    },
  );
}

async function viewStatus(context: ApiContext): Promise<StatusView> {
  const { deps } = context;
  const clusters = readClusters(deps);
  const health = await checkHealth(deps);
  return {
    nowMs: deps.clock.nowMs(),
    controller: {
      name: deps.config.name,
      version: deps.version,
      startedAtMs: context.startedAtMs,
      store: health.store,
      redis: health.redis,
    },
    clusters,
    open: clusters.flatMap(({ id: cluster, proposal, assessment }) =>
      proposal === undefined
        ? []
        : [{ id: proposal.id, cluster, state: proposal.state, headline: assessment.headline }],
    ),
  };
}
