// promote: one guarded statement. It promotes only if the server is in recovery, of the planned system, on the planned
// timeline, at least at the planned position, and its own clock hasn't passed the deadline. pg_promote(false) returns at
// once; bare pg_promote() polls each 100 ms. Without an answer it's ambiguous: a pending promotion may still happen.
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '@petrov/runtime/postgres';
import { HELD_UP_SQL, TIMELINE_SQL } from '@petrov/runtime/postgres';
import { sayDuration } from '@petrov/core/assessment';
import { Lsn } from '@petrov/core/cluster';
import { HeldUpBy, sayHeldUp } from '@petrov/core/observation';
import { z } from 'zod';
import { type AskLocal, openLocal, readFacts } from '../postgres/local-server.ts';
import type { Standing } from '../state/agent-state.ts';
import { endHolds, isHeld, liftHolds, putBackHolds } from '../state/holds.ts';
import { ambiguous, done, explain, type Given, leftMs, type Outcome, refused, type Verb } from '../verb.ts';

const POLL_MS = 10;
const STATEMENT_MS = 3_000;
const WAIT_MAX_MS = 25_000;
/** Left for the way back: whoever gave the command waits no longer than it is good for. */
const ANSWER_MS = 500;

const Row = z.object({
  in_recovery: z.boolean(),
  system_ok: z.boolean(),
  timeline: z.number().int().nullable(),
  timeline_ok: z.boolean().nullable(),
  lsn: Lsn.nullable(),
  lsn_ok: z.boolean().nullable(),
  in_time: z.boolean(),
  promoted: z.boolean().nullable(),
});
type Row = z.infer<typeof Row>;

export const promote: Verb<'promote'> = {
  verb: 'promote',
  async act(given) {
    let connection: Connection;
    try {
      connection = await openLocal(given.host.config);
    } catch (error) {
      return refused(`Postgres on ${given.host.config.member} doesn't answer: ${explain(error)}.`);
    }
    try {
      return await promoteOver(connection, given);
    } catch (error) {
      return ambiguous(`The promotion of ${given.host.config.member} may have begun: ${explain(error)}.`);
    } finally {
      await connection.close();
    }
  },
};

async function promoteOver(connection: Connection, given: Given<'promote'>): Promise<Outcome> {
  const { host, command } = given;
  const { member } = host.config;
  const ask = (text: string) => connection.query(text, STATEMENT_MS);
  const isInRecovery = async () =>
    z.object({ r: z.boolean() }).parse((await ask('SELECT pg_is_in_recovery() AS r')).rows[0]).r;
  const standing = host.state.standing();
  // From here on it may be the primary: its gate must let it start as one, and its clients be sent to it.
  const isLifted = isHeld(host.state) && (await isInRecovery());
  if (isLifted) liftHolds(host.state, command.epoch);
  const row = Row.parse((await ask(guardedStatement(given))).rows[0]);
  if (isPromoted(row, given, standing)) {
    endHolds(host.state);
    return done(`${member} is out of recovery on timeline ${row.timeline} already.`, await readFacts(ask, host.config));
  }
  const failed = failedGuard(row, given);
  if (failed !== undefined) {
    if (isLifted) putBackHolds(host.state, command.epoch);
    return refused(`${member} was not promoted: ${failed}.`);
  }
  if (row.promoted !== true) return ambiguous(`pg_promote on ${member} returned false.`);
  const untilMs = host.clock.monotonicMs() + leftMs(given, Math.min(command.ttlMs - ANSWER_MS, WAIT_MAX_MS));
  while (await isInRecovery()) {
    if (host.clock.monotonicMs() >= untilMs) {
      return ambiguous(
        `${member} was told to promote itself and is still in recovery: it may follow later.${await explainWait(ask)}`,
        await readFacts(ask, host.config),
      );
    }
    await pause(POLL_MS);
  }
  endHolds(host.state);
  const facts = await readFacts(ask, host.config);
  return done(`${member} is out of recovery on timeline ${facts.timeline}.`, facts);
}

/** For whom its replay waits: the promotion comes when they have ended. */
async function explainWait(ask: AskLocal): Promise<string> {
  const { rows } = await ask(`SELECT ${HELD_UP_SQL} AS by`).catch(() => ({ rows: [{ by: null }] })); // it goes on without
  const { by } = z.object({ by: HeldUpBy.nullable() }).parse(rows[0]);
  return by === null
    ? ''
    : ` Its replay waits for ${sayHeldUp(by)}: SELECT pg_terminate_backend(…) there lets it go on.`;
}

/** By an earlier try: not one that was fenced on this timeline and started around its gate. */
function isPromoted(row: Row, { command }: Given<'promote'>, standing: Standing | undefined): boolean {
  const timeline = row.timeline ?? 0;
  return !row.in_recovery && row.system_ok && timeline > Math.max(command.args.timeline, standing?.timeline ?? 0);
}

/** Everything that goes into it is a number, an LSN or a system identifier, checked by the schema or escaped here. */
function guardedStatement(given: Given<'promote'>): string {
  const { host, command } = given;
  const { timeline, atLeastLsn, withinMs } = command.args;
  const deadlineMs = host.clock.nowMs() + leftMs(given, withinMs);
  const system = command.systemIdentifier.replace(/\D/g, '');
  return `
WITH guard AS MATERIALIZED (
  SELECT g.*, g.timeline = ${timeline} AS timeline_ok, g.lsn >= '${atLeastLsn}'::pg_lsn AS lsn_ok
  FROM (SELECT pg_is_in_recovery() AS in_recovery,
    (SELECT system_identifier::text FROM pg_control_system()) = '${system}' AS system_ok,
    ${TIMELINE_SQL} AS timeline,
    greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) AS lsn,
    clock_timestamp() < to_timestamp(${(deadlineMs / 1000).toFixed(6)}) AS in_time) g)
SELECT *, CASE WHEN in_recovery AND system_ok AND timeline_ok AND lsn_ok AND in_time THEN pg_promote(false) END AS promoted
FROM guard`;
}

function failedGuard(row: Row, { command }: Given<'promote'>): string | undefined {
  const { timeline, atLeastLsn, withinMs } = command.args;
  if (!row.in_recovery) return 'it is out of recovery already';
  if (!row.system_ok) return `it belongs to another system than ${command.systemIdentifier}`;
  if (row.timeline_ok !== true) return `it is on timeline ${row.timeline ?? 'unknown'}, the plan says ${timeline}`;
  if (row.lsn_ok !== true) return `it is at ${row.lsn ?? 'an unknown position'}, the plan says at least ${atLeastLsn}`;
  return row.in_time
    ? undefined
    : `the command came too late: more than ${sayDuration(withinMs)} have passed since it was given`;
}
