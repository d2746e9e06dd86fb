// One answer of a person to a proposal: the right is checked, the engine asked, a refusal told with the engine's own code
// and sentence. The same idempotency key is one decision: the store knows the ended ones, this the one under way.
import { createHash } from 'node:crypto';
import { type DecisionKind, refuseWho } from '@petrov/core/approval';
import type { AuditCode, DecisionInput } from '@petrov/core/engine';
import { hideFirstApproval, type Proposal } from '@petrov/core/proposal';
import type { DecisionReply, DecisionRequest } from '@petrov/core/wire';
import { actorOf, auditActorOf, type Identity } from '../auth/identity.ts';
import type { ApiDeps } from './deps.ts';
import { ApiFault } from './errors.ts';
import { getProposal } from './views.ts';

/** Not answers of the engine: the same decision may be sent again. */
const notNow = new Set(['stopping', 'busy', 'store-unavailable', 'store-lost', 'no-answer']);

export function statusOf(code: string): 409 | 503 {
  return notNow.has(code) ? 503 : 409;
}

type UnderWay = { readonly content: string; readonly reply: Promise<DecisionReply> };

export class Deciding {
  readonly #deps: ApiDeps;
  readonly #underWay = new Map<string, UnderWay>();

  constructor(deps: ApiDeps) {
    this.#deps = deps;
  }

  async decide(identity: Identity, proposalId: string, request: DecisionRequest): Promise<DecisionReply> {
    const proposal = await getProposal(this.#deps, proposalId);
    await this.#refuseWithoutRight(identity, proposal, request);
    const id = decisionId(identity, request.idempotencyKey);
    const content = JSON.stringify([proposalId, request]);
    const known = this.#underWay.get(id);
    if (known?.content === content) return await known.reply;
    if (known !== undefined) {
      throw new ApiFault(
        409,
        'idempotency-key-reused',
        'This idempotency key is another decision’s. That one stands; this one was not made. Send it with a key of its own.',
      );
    }
    const reply = this.#submit(id, identity, proposal, request);
    this.#underWay.set(id, { content, reply });
    try {
      return await reply;
    } finally {
      this.#underWay.delete(id);
    }
  }

  async #submit(id: string, identity: Identity, proposal: Proposal, request: DecisionRequest): Promise<DecisionReply> {
    const { revision, digests, reason, displayed, holdForMs, overrides, leavesFence } = request;
    const decision: DecisionInput = {
      id,
      proposal: proposal.id,
      kind: request.decision,
      revision,
      digests,
      reason,
      displayed,
      holdForMs,
      overrides,
      leavesFence,
      actor: actorOf(identity),
      proof: identity.proof,
    };
    const answer = await this.#deps.submitDecision(decision);
    // The engine records what it refuses of a proposal it has; of one that a newer one replaced it has nothing.
    if (!answer.ok && answer.code === 'unknown-proposal') {
      await this.#record(identity, proposal, { code: 'P2008', refusal: answer, kind: request.decision });
    }
    if (!answer.ok) throw new ApiFault(statusOf(answer.code), answer.code, answer.says);
    return { proposal: hideFirstApproval(answer.proposal), says: answer.says };
  }

  /** The engine checks it again; here it never costs the engine a turn, and a person without the right reads 403. */
  async #refuseWithoutRight(identity: Identity, proposal: Proposal, request: DecisionRequest): Promise<void> {
    const { environment } = proposal;
    const refusal = refuseWho({
      actor: actorOf(identity),
      proof: identity.proof,
      environment,
      kind: request.decision,
    });
    if (refusal === undefined) return;
    await this.#record(identity, proposal, { code: 'P5005', refusal, kind: request.decision });
    throw new ApiFault(403, refusal.code, `${refusal.says} Nothing was changed.`);
  }

  #record(
    identity: Identity,
    proposal: Proposal,
    what: { readonly code: AuditCode; readonly refusal: { code: string; says: string }; readonly kind: DecisionKind },
  ): Promise<void> {
    return this.#deps.audit.append({
      atMs: this.#deps.clock.nowMs(),
      code: what.code,
      says: `${identity.name} wanted to ${what.kind} ${proposal.id} and was refused: ${what.refusal.says}`,
      actor: auditActorOf(identity),
      cluster: proposal.cluster,
      proposal: proposal.id,
      payload: { decision: what.kind, role: identity.role, code: what.refusal.code },
    });
  }
}

/** A key counts within one person: nobody's key can meet another's decision. */
function decisionId(identity: Identity, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([identity.userId, key]))
    .digest('hex')
    .slice(0, 32);
}
