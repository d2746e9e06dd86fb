// Runs: what was executed, step by step, and what is being executed.
import { RunView } from '@petrov/core/wire';
import { z } from 'zod';
import { type ApiContext, type App, getIdentity } from '../context.ts';
import { readRun, readRuns } from '../views.ts';

const ById = z.object({ id: z.string().max(100) });

export function addRunRoutes(app: App, { deps }: ApiContext): void {
  app.get('/runs', { schema: { response: { 200: z.array(RunView) } } }, async (request) => {
    getIdentity(request);
    return await readRuns(deps);
  });
  app.get('/runs/:id', { schema: { params: ById, response: { 200: RunView } } }, async (request) => {
    getIdentity(request);
    return await readRun(deps, request.params.id);
  });
}
