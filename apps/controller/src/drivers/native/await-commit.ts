// Do commits that wait for standbys come back at the promoted one? The proof is one of our own, a logical message of a few
// bytes at synchronous_commit = on. One that hangs is cancelled at the deadline, else its backend would wait for ever.
import { Connection, explainFailure } from '@petrov/runtime/postgres';
import { z } from 'zod';
import { ambiguous, type Answered, done, type DriverDeps, type Perform } from '../driver.ts';
import { type Ask, READ_WITHIN_MS } from '../facts.ts';

const CANCEL_WITHIN_MS = 1_000;

export async function awaitCommit(deps: DriverDeps, { run, step }: Perform): Promise<Answered> {
  const { member } = step;
  deps.onActing(step.id);
  const until = deps.clock.monotonicMs() + step.deadlineMs;
  const target = deps.reach.target(run.cluster, member);
  let connection: Connection | undefined;
  try {
    connection = await Connection.open(target, READ_WITHIN_MS.connectMs);
    const wait = await readWait((text) => deps.reach.read(run.cluster, member, (ask) => ask(text)));
    const leftMs = until - deps.clock.monotonicMs() - CANCEL_WITHIN_MS;
    const hangs = await commitOne(connection, Math.max(1, leftMs));
    if (hangs === undefined) return done(`A commit at ${member} came back; it waits for ${wait}.`, { [member]: {} });
    return ambiguous(
      `A commit at ${member} doesn't come back: ${hangs}. It waits for ${wait}. Bring those standbys back, or set synchronous_standby_names there.`,
    );
  } catch (error) {
    return ambiguous(`${member}: ${explainFailure(error).says}.`);
  } finally {
    await connection?.close();
  }
}

/** Undefined when it came back acknowledged, else what became of it. */
async function commitOne(connection: Connection, withinMs: number): Promise<string | undefined> {
  await connection.query('BEGIN', READ_WITHIN_MS.queryMs);
  await connection.query('SET LOCAL synchronous_commit = on', READ_WITHIN_MS.queryMs);
  await connection.query("SELECT pg_logical_emit_message(true, 'petrov', 'commit')", READ_WITHIN_MS.queryMs);
  const commit = connection.send('COMMIT');
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    connection.cancel(CANCEL_WITHIN_MS).catch(() => undefined); // into a black hole it can't go: then it's given up
  }, withinMs);
  const end = setTimeout(() => connection.destroy(), withinMs + CANCEL_WITHIN_MS);
  try {
    const { warnings } = await commit;
    if (isLate) return `it was waited for ${withinMs} ms`;
    return warnings.length > 0 ? warnings.join('; ') : undefined;
  } finally {
    clearTimeout(timer);
    clearTimeout(end);
  }
}

const Row = z.object({ names: z.string(), acknowledging: z.string().nullable() });

/** In words: the setting, and who of those in it is there to acknowledge. */
async function readWait(ask: Ask): Promise<string> {
  const { rows } = await ask(`
    SELECT current_setting('synchronous_standby_names') AS names,
      (SELECT string_agg(application_name, ', ' ORDER BY application_name) FROM pg_stat_replication
       WHERE state = 'streaming' AND sync_state <> 'async') AS acknowledging`);
  const { names, acknowledging } = Row.parse(rows[0]);
  if (names === '') return 'no standby';
  return `${names}, of which ${acknowledging === null ? 'none streams' : `there streams: ${acknowledging}`}`;
}
