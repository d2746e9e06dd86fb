// A change without a failure is asked for here: who takes over, or who comes back and how, from when on, and why. It becomes a proposal and is
// decided on its own page, like every other.
import type { ChangeRequest, ClusterView, DecisionReply, Session } from '@petrov/core/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { messageOf, postJson } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { useNow } from '../../api/context.ts';
import { ReasonField } from '../decision/reason-field.tsx';
import { momentOf, NotBefore } from './not-before.tsx';

const suggestions = ['Maintenance of its host', 'A drill', 'Back to the usual place'];

export function PlannedChange({
  cluster,
  role,
}: {
  readonly cluster: ClusterView;
  readonly role: Session['user']['role'];
}) {
  const [reason, setReason] = useState('');
  const [time, setTime] = useState('');
  const nowMs = useNow();
  const notBeforeMs = momentOf(time);
  const asking = useAsk(cluster.id);
  const isAsked = cluster.proposal !== undefined;
  const whyNot =
    role === 'viewer'
      ? 'You are signed in as viewer; asking takes an operator.'
      : isAsked
        ? 'Another question is open: one at a time.'
        : reason.trim().length < 3
          ? 'Say why first.'
          : notBeforeMs !== undefined && notBeforeMs <= nowMs
            ? 'That time is over: choose a later one, or none.'
            : undefined;
  const others = cluster.members.filter((member) => member.id !== cluster.primary);
  const ask = (kind: ChangeRequest['kind'], member: string, how?: ChangeRequest['how']) => () =>
    asking.mutate({
      kind,
      member,
      reason,
      ...(how === undefined ? {} : { how }),
      ...(notBeforeMs === undefined ? {} : { notBeforeMs }),
      ...(cluster.primary === undefined ? {} : { expectedPrimary: cluster.primary }),
    });
  return (
    <section className="card stack" aria-labelledby="planned">
      <h2 id="planned">A planned change</h2>
      <p className="s soft measure">
        Asking changes nothing: it becomes a proposal with its plan, and an approver decides.
      </p>
      <ReasonField label="Why, for the record" value={reason} onChange={setReason} suggestions={suggestions} />
      <NotBefore value={time} onChange={setTime} />
      <div className="row">
        {others.flatMap(waysOf).map(({ says, kind, member, how }) => (
          <button
            key={says}
            type="button"
            disabled={whyNot !== undefined || asking.isPending}
            onClick={ask(kind, member, how)}
          >
            {says}
          </button>
        ))}
      </div>
      {others.some((member) => !isFollowing(member)) && (
        <p className="s soft measure">
          Bringing back rewinds what a member wrote alone, which needs checksums or wal_log_hints; where that can’t be
          done, copying anew replaces all of its data, which takes as long as its size over the network.
        </p>
      )}
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

type Way = Pick<ChangeRequest, 'kind' | 'how'> & { readonly says: string; readonly member: string };

function isFollowing({ receiver, role }: ClusterView['members'][number]): boolean {
  return receiver === 'streaming' && role === 'standby';
}

/** A standby may take over; one that doesn't follow may come back, in either of two ways. */
function waysOf(one: ClusterView['members'][number]): Way[] {
  const member = one.id;
  if (isFollowing(one)) return [{ says: `Switch over to ${member} …`, kind: 'switchover', member }];
  return [
    { says: `Bring ${member} back …`, kind: 'rejoin', member, how: 'rewind' },
    { says: `Copy ${member} anew …`, kind: 'rejoin', member, how: 'clone' },
  ];
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
