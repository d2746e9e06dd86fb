// Would a failover of this cluster work now, and what would it cost: its servers are asked on request.
import { ReadinessView } from '@petrov/core/wire';
import { z } from 'zod';
import { type ApiContext, type App, getIdentity } from '../context.ts';
import { readCluster } from '../views.ts';

const ById = z.object({ id: z.string().max(100) });

export function addReadinessRoutes(app: App, { deps }: ApiContext): void {
  app.get(
    '/clusters/:id/readiness',
    { schema: { params: ById, response: { 200: ReadinessView } } },
    async (request) => {
      getIdentity(request);
      return await deps.readiness(readCluster(deps, request.params.id));
    },
  );
}
