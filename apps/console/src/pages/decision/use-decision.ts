// Sends one answer by HTTP POST. Pressing again after a lost connection sends the same answer under the same key, so it
// counts once; what the controller refuses comes back as its sentence.
import type { DecisionKind } from '@petrov/core/approval';
import type { Revision } from '@petrov/core/proposal';
import type { DecisionReply, DecisionRequest, ProposalView } from '@petrov/core/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { ApiFailure, postJson } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';

export type Answer = {
  readonly decision: DecisionKind;
  readonly revision: Pick<Revision, 'number' | 'digests'>;
  readonly reason: string;
  readonly displayed?: DecisionRequest['displayed'];
  readonly holdForMs?: number;
  readonly overrides?: DecisionRequest['overrides'];
  readonly leavesFence?: boolean;
};

export function useDecision(proposalId: string) {
  const cache = useQueryClient();
  const sent = useRef(new Map<string, string>());
  return useMutation({
    mutationFn: (answer: Answer) => {
      const { decision, revision, reason, displayed = {}, holdForMs, overrides, leavesFence } = answer;
      const request: DecisionRequest = {
        decision,
        revision: revision.number,
        digests: revision.digests,
        reason,
        displayed,
        ...(holdForMs === undefined ? {} : { holdForMs }),
        ...(overrides === undefined ? {} : { overrides }),
        ...(leavesFence === undefined ? {} : { leavesFence }),
        idempotencyKey: keyFor(sent.current, JSON.stringify([decision, revision.number, reason, leavesFence])),
      };
      return postJson<DecisionReply>(`/proposals/${encodeURIComponent(proposalId)}/decisions`, request);
    },
    onSuccess: (reply) => {
      sent.current.clear();
      cache.setQueryData<ProposalView>(keys.proposal(proposalId), (view) =>
        view === undefined ? undefined : { ...view, proposal: reply.proposal },
      );
    },
    onError: (error) => {
      const isLost = error instanceof ApiFailure && error.status === 0;
      if (!isLost) sent.current.clear();
    },
    onSettled: () => cache.invalidateQueries({ queryKey: keys.proposal(proposalId) }),
  });
}

function keyFor(sent: Map<string, string>, answer: string): string {
  const key = sent.get(answer) ?? makeKey();
  sent.set(answer, key);
  return key;
}

/** Not randomUUID: that needs a secure context, and a console on a plain private address must still answer. */
function makeKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
