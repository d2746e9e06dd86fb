// The same decision id twice is one decision: the second gets the first one's answer. An id that was used for something
// else is refused.
import type { DecisionInput } from '@petrov/core/engine';
import type { Pool } from 'pg';
import type { Reply } from '../loop/engine-loop.ts';
import { findProposal } from '../store/read-back.ts';
import { findDecision } from '../store/statements/decisions.ts';

export async function findEarlierReply(pool: Pool, decision: DecisionInput): Promise<Reply> {
  const stored = await findDecision(pool, decision.id);
  const proposal = await findProposal(pool, decision.proposal);
  const to = decision.id;
  const isSame =
    stored?.proposal === decision.proposal &&
    stored.kind === decision.kind &&
    stored.revision === decision.revision &&
    stored.actor === decision.actor.id;
  if (!stored || !proposal || !isSame) {
    const says =
      'This idempotency key was used for another decision: nothing was done. Send the decision with a new key.';
    return { type: 'reply', to, ok: false, code: 'idempotency-key-reused', says };
  }
  return stored.reply.ok ? { type: 'reply', to, ...stored.reply, proposal } : { type: 'reply', to, ...stored.reply };
}
