// write: commits one heartbeat row. Local and remote commits alternate: local alone succeeding means the synchronous
// standby, both hanging means the disk. An OK that came with a warning (a cancelled wait for the standby) isn't ok.
import { escapeLiteral } from 'pg';
import { explainFailure, type Answer as Rows } from '@petrov/runtime/postgres';
import { z } from 'zod';
import type { AnswerOf } from '../probe.ts';

export type Commit = 'local' | 'remote';

/** One implicit transaction: the setting ends with it. The beat goes on from the newest of all witnesses'. */
export function heartbeatStatement(witness: string, commit: Commit): string {
  return `SET LOCAL synchronous_commit TO ${commit === 'local' ? 'local' : 'on'};
INSERT INTO heartbeat AS h (witness, beat, at)
SELECT ${escapeLiteral(witness)}, coalesce(max(beat), 0) + 1, clock_timestamp() FROM heartbeat
ON CONFLICT (witness) DO UPDATE SET beat = excluded.beat, at = excluded.at RETURNING beat`;
}

const Row = z.object({ beat: z.coerce.number() });

export const write = {
  probe: 'write',
  /** What a commit that came back says. */
  read(answer: Rows, commit: Commit): AnswerOf<'write'> {
    if (answer.warnings.length > 0)
      return { probe: 'write', outcome: 'timeout', facts: { commit, code: 'not-replicated' } };
    return { probe: 'write', outcome: 'ok', facts: { beat: Row.parse(answer.rows[0]).beat, commit } };
  },
  failed(error: unknown, commit: Commit): AnswerOf<'write'> {
    const { outcome, code } = explainFailure(error);
    // A statement that was cancelled (57014) was ours to cancel: the deadline passed.
    const isCancelled = code === '57014';
    return {
      probe: 'write',
      outcome: isCancelled ? 'timeout' : outcome,
      facts: { commit, ...(code === undefined ? {} : { code }) },
    };
  },
} as const;
