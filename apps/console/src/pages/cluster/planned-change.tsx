// A change without a failure is asked for here: who takes over, or who comes back, and why. It becomes a proposal and is
// decided on its own page, as any other.
import type { ChangeRequest, ClusterView, DecisionReply, Session } from '@petrov/core/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { messageOf, postJson } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { ReasonField } from '../decision/reason-field.tsx';

const suggestions = ['Maintenance of its host', 'A drill', 'Back to the usual place'];

export function PlannedChange({
  cluster,
  role,
}: {
  readonly cluster: ClusterView;
  readonly role: Session['user']['role'];
}) {
  const [reason, setReason] = useState('');
  const asking = useAsk(cluster.id);
  const isAsked = cluster.proposal !== undefined;
  const whyNot =
    role === 'viewer'
      ? 'You are signed in as viewer; asking takes an operator.'
      : isAsked
        ? 'Another question is open: one at a time.'
        : reason.trim().length < 3
          ? 'Say why first.'
          : undefined;
  const others = cluster.members.filter((member) => member.id !== cluster.primary);
  const ask = (kind: ChangeRequest['kind'], member: string) => () =>
    asking.mutate({
      kind,
      member,
      reason,
      ...(cluster.primary === undefined ? {} : { expectedPrimary: cluster.primary }),
    });
  return (
    <section className="card stack" aria-labelledby="planned">
      <h2 id="planned">A planned change</h2>
      <p className="s soft measure">
        Asking changes nothing: it becomes a proposal with its plan, and an approver decides.
      </p>
      <ReasonField label="Why, for the record" value={reason} onChange={setReason} suggestions={suggestions} />
      <div className="row">
        {others.map((member) => {
          const isFollowing = member.receiver === 'streaming' && member.role === 'standby';
          const kind = isFollowing ? 'switchover' : 'rejoin';
          return (
            <button
              key={member.id}
              type="button"
              disabled={whyNot !== undefined || asking.isPending}
              onClick={ask(kind, member.id)}
            >
              {isFollowing ? `Switch over to ${member.id} …` : `Bring ${member.id} back …`}
            </button>
          );
        })}
      </div>
      <p className="s soft" role="status">
        {asking.isPending ? 'Asking …' : whyNot}
      </p>
      {asking.isError && (
        <p role="alert" className="s refused">
          {messageOf(asking.error)}
        </p>
      )}
    </section>
  );
}

function useAsk(cluster: string) {
  const cache = useQueryClient();
  const [, go] = useLocation();
  return useMutation({
    mutationFn: (request: ChangeRequest) =>
      postJson<DecisionReply>(`/clusters/${encodeURIComponent(cluster)}/requests`, request),
    onSuccess: ({ proposal }) => go(`/proposals/${proposal.id}`),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.cluster(cluster) }),
  });
}
