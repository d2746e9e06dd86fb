// What a person asks for without a failure: a switchover, a rejoin. It only becomes a proposal.
import { randomUUID } from 'node:crypto';
import { mayDecide } from '@petrov/core/approval';
import { ApiError, ChangeRequest, DecisionReply } from '@petrov/core/wire';
import { z } from 'zod';
import { actorOf, auditActorOf } from '../../auth/identity.ts';
import { type ApiContext, type App, getIdentity } from '../context.ts';
import { statusOf } from '../decide.ts';
import { ApiFault, notFound } from '../errors.ts';
import { limitDecision } from '../limits.ts';

const ById = z.object({ id: z.string().max(100) });

export function addRequestRoutes(app: App, { deps }: ApiContext): void {
  app.post(
    '/clusters/:id/requests',
    {
      schema: { params: ById, body: ChangeRequest, response: { 200: DecisionReply, 403: ApiError, 409: ApiError } },
      config: limitDecision,
    },
    async (request): Promise<DecisionReply> => {
      const identity = getIdentity(request);
      const { id: cluster } = request.params;
      if (!deps.getState().clusters.has(cluster)) throw notFound('cluster', cluster);
      const actor = actorOf(identity);
      if (!mayDecide(actor.role, 'hold')) {
        const says = `${identity.name} is ${actor.role}; to ask for a ${request.body.kind} takes an operator.`;
        await deps.audit.append({
          atMs: deps.clock.nowMs(),
          code: 'P5005',
          says: `${identity.name} asked for a ${request.body.kind} of ${cluster} and was refused: ${says}`,
          actor: auditActorOf(identity),
          cluster,
          payload: { request: request.body.kind, role: actor.role },
        });
        throw new ApiFault(403, 'role-lacks-right', `${says} Nothing was changed.`);
      }
      const answer = await deps.submitRequest({
        id: randomUUID(),
        cluster,
        actor,
        proof: identity.proof,
        ...request.body,
      });
      if (!answer.ok) throw new ApiFault(statusOf(answer.code), answer.code, answer.says);
      return { proposal: answer.proposal, says: answer.says };
    },
  );
}
