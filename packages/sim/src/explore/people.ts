// What people ask for and answer, as inputs: with the right role or a wrong one, over what stands there or over something else.
import type { DecisionInput, RequestInput } from '@petrov/core/engine';
import type { Proposal } from '@petrov/core/proposal';
import { CLUSTER, type Model } from './model.ts';

/** A script signs in as a drill does; outside of a sandbox its word counts for nothing. */
export type Who = 'approver' | 'operator' | 'viewer' | 'script';

export type Decided = {
  readonly kind: 'approve' | 'reject' | 'hold' | 'resume' | 'abandon';
  readonly as: Who;
  readonly over: 'current' | 'stale' | 'other-digests';
};
export type Asked = {
  readonly kind: 'switchover' | 'rejoin';
  readonly member: string;
  readonly how?: 'rewind' | 'clone' | undefined;
  readonly as: Who;
  readonly inMs?: number | undefined;
  readonly expectedPrimary?: string | undefined;
};

export function toDecision({ nowMs }: Model, proposal: Proposal, { kind, as, over }: Decided): DecisionInput {
  const { number, digests } = proposal.revision;
  return {
    id: `d${nowMs}-${kind}-${as}-${over}`,
    proposal: proposal.id,
    kind,
    revision: over === 'stale' ? number - 1 : number,
    digests: over === 'other-digests' ? { ...digests, evidenceAgainst: 'sha256:0' } : digests,
    reason: 'because',
    displayed: {},
    ...signedIn(as, nowMs),
  };
}

export function toRequest({ nowMs }: Model, asked: Asked): RequestInput {
  const { kind, member, how, as, inMs, expectedPrimary } = asked;
  return {
    id: `q${nowMs}`,
    cluster: CLUSTER,
    kind,
    member,
    reason: 'its host is to be patched.',
    ...(how === undefined ? {} : { how }),
    ...(inMs === undefined ? {} : { notBeforeMs: nowMs + inMs }),
    ...(expectedPrimary === undefined ? {} : { expectedPrimary }),
    ...signedIn(as, nowMs),
  };
}

function signedIn(as: Who, nowMs: number): Pick<DecisionInput, 'actor' | 'proof'> {
  return as === 'script'
    ? { actor: { id: as, name: as, role: 'approver', via: 'drill' }, proof: { kind: 'drill', scenario: 'x' } }
    : {
        actor: { id: as, name: as, role: as, via: 'console' },
        proof: { kind: 'session', sessionId: 's', signedInAtMs: nowMs },
      };
}
