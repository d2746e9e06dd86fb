// Who may answer what. Stop from anywhere; go only with the right and the proof for it.
import type { Actor, DecisionKind, DecisionProof, Role } from './decision.ts';

const rights = {
  viewer: [],
  operator: ['hold', 'reject'],
  approver: ['hold', 'reject', 'approve', 'resume', 'abandon', 'refence'],
} as const satisfies Record<Role, readonly DecisionKind[]>;

export function mayDecide(role: Role, kind: DecisionKind): boolean {
  return (rights[role] as readonly DecisionKind[]).includes(kind);
}

export type WhoRefusal = { readonly code: 'role-lacks-right' | 'drill-proof-outside-sandbox'; readonly says: string };

/** A script's proof counts in a sandbox only; a role must have the right. Undefined = may. */
export function refuseWho(asked: {
  readonly actor: Actor;
  readonly proof: DecisionProof;
  readonly kind: DecisionKind;
  readonly environment: string;
}): WhoRefusal | undefined {
  const { actor, proof, kind, environment } = asked;
  if (!mayDecide(actor.role, kind)) {
    return {
      code: 'role-lacks-right',
      says: `${actor.name} is ${actor.role}; to ${kind} takes ${kind === 'hold' || kind === 'reject' ? 'an operator' : 'an approver'}.`,
    };
  }
  if ((proof.kind === 'drill' || actor.via === 'drill') && environment !== 'sandbox') {
    return {
      code: 'drill-proof-outside-sandbox',
      says: 'A drill’s script decides in a sandbox only, never on a real cluster.',
    };
  }
  return undefined;
}
