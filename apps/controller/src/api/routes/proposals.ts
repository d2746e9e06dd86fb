// Proposals, and a person's answer to one.
import { ApiError, DecisionReply, DecisionRequest, ProposalView } from '@petrov/core/wire';
import { z } from 'zod';
import { type ApiContext, type App, getIdentity } from '../context.ts';
import { limitDecision } from '../limits.ts';
import { readProposal, readProposals } from '../views.ts';

const ById = z.object({ id: z.string().max(100) });

export function addProposalRoutes(app: App, context: ApiContext): void {
  const { deps } = context;
  app.get('/proposals', { schema: { response: { 200: z.array(ProposalView) } } }, async (request) => {
    return await readProposals(deps, getIdentity(request).role);
  });
  app.get('/proposals/:id', { schema: { params: ById, response: { 200: ProposalView } } }, async (request) => {
    return await readProposal(deps, request.params.id, getIdentity(request).role);
  });
  app.post(
    '/proposals/:id/decisions',
    {
      schema: { params: ById, body: DecisionRequest, response: { 200: DecisionReply, 403: ApiError, 409: ApiError } },
      config: limitDecision,
    },
    async (request) => await context.deciding.decide(getIdentity(request), request.params.id, request.body),
  );
}
