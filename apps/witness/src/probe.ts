// What a probe is: one question to one member, answered in the words of the trace format. A probe knows nothing of
// schedules, ages or reports, and it always ends: every wait in it has a deadline.
import type { Sighting } from '@petrov/core/observation';
import { type Answer as Rows, explainFailure, type Target } from '@petrov/runtime/postgres';

export const CONNECT_MS = 1_000;
export const SQL_MS = 2_000;
export const COMMIT_MS = 3_000;

export type Role = 'primary' | 'standby';
export type MemberProbeName = 'tcp' | 'sql' | 'write' | 'wal-receiver' | 'wal-senders';

/** A member as this witness knows it; `role` is only where watching begins. */
export type WatchedMember = {
  readonly cluster: string;
  readonly id: string;
  readonly role: Role;
  readonly target: Target;
};

/** Names the member behind an address or an application name; undefined when nobody has it. */
export type MemberNames = {
  byAddress(host: string, port: number): string | undefined;
  byApplicationName(name: string): string | undefined;
};

/** One query within the deadline, over whatever session the round has. */
export type Ask = (text: string) => Promise<Rows>;

/** The part of a sighting that the probe says; the watch adds who, whom and when. */
export type AnswerOf<P extends MemberProbeName> =
  Extract<Sighting, { probe: P }> extends infer S
    ? S extends { outcome: infer O }
      ? {
          readonly probe: P;
          readonly outcome: O;
          readonly facts?: S extends { facts?: infer F } ? Exclude<F, undefined> : never;
        }
      : never
    : never;
export type MemberAnswer = { [P in MemberProbeName]: AnswerOf<P> }[MemberProbeName];

/** A failure in the words of the probes that ask over SQL. Only `write` can be answered read-only or disk-full. */
export function sqlFailure(error: unknown): {
  outcome: Exclude<AnswerOf<'sql'>['outcome'], 'ok'>;
  facts: { code?: string };
} {
  const { outcome, code } = explainFailure(error);
  return {
    outcome: outcome === 'read-only' || outcome === 'disk-full' ? 'error' : outcome,
    facts: code === undefined ? {} : { code },
  };
}
