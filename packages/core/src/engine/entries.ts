// Drafts of audit entries, in one form.
import type { Actor, DecisionProof } from '../approval/index.ts';
import type { AuditCode } from './audit-codes.ts';
import type { Effect } from './io.ts';

type Rest = {
  readonly atMs: number;
  readonly cluster?: string;
  readonly proposal?: string;
  readonly payload?: Readonly<Record<string, unknown>>;
};

export function auditEngine(code: AuditCode, says: string, rest: Rest): Effect {
  return {
    type: 'audit',
    entry: {
      code,
      says,
      actor: { kind: 'engine', id: 'engine', name: 'Petrov' },
      ...rest,
      payload: rest.payload ?? {},
    },
  };
}

export function auditPerson(
  code: AuditCode,
  says: string,
  rest: Rest & { readonly actor: Actor; readonly proof: DecisionProof },
): Effect {
  const { actor, proof, ...more } = rest;
  return {
    type: 'audit',
    entry: {
      code,
      says,
      actor: { kind: 'person', id: actor.id, name: actor.name, via: actor.via, proof: proof.kind },
      ...more,
      payload: rest.payload ?? {},
    },
  };
}
