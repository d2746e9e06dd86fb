// Who asks, how they proved it, and over what: the one shape that routes see, whether from a browser or a terminal.
import type { Actor, DecisionProof, Role } from '@petrov/core/approval';
import type { AuditDraft } from '@petrov/core/engine';
import type { ActiveSession } from './sessions.ts';

export type Identity = {
  readonly userId: string;
  readonly name: string;
  readonly role: Role;
  readonly via: Extract<Actor['via'], 'console' | 'cli' | 'drill'>;
  readonly proof: DecisionProof;
  /** Present for browsers. */
  readonly session?: ActiveSession;
};

export function identityOfSession(session: ActiveSession): Identity {
  return {
    userId: session.user.id,
    name: session.user.name,
    role: session.user.role,
    via: 'console',
    proof: { kind: 'session', sessionId: session.id, signedInAtMs: session.signedInAtMs },
    session,
  };
}

export function actorOf(identity: Identity): Actor {
  return { id: identity.userId, name: identity.name, role: identity.role, via: identity.via };
}

/** The same person as the record names them. */
export function auditActorOf(identity: Identity): AuditDraft['actor'] {
  return {
    kind: 'person',
    id: identity.userId,
    name: identity.name,
    via: identity.via,
    proof: identity.proof.kind,
  };
}
