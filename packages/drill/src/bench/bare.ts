// Postgres alone: on a set like ours, after the same fault, from `SELECT pg_promote()` over an open session to the first
// commit of the same client. No look, no fence, no record, nobody asked: what care is measured against.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { createSite, monotonicMs, readWriterLog, type Site, startWriter } from '@petrov/sandbox';
import { DrillError } from '../errors.ts';
import { applyFault } from '../rig/control.ts';
import { firstAckMs } from '../run/acks.ts';
import type { PlannedFault } from '../scenario/index.ts';
import { waitUntil } from '../wait.ts';
import { type Load, startLoad } from './load.ts';

export type BareInput = {
  readonly root: string;
  readonly fault: PlannedFault;
  readonly load: Load;
  readonly signal?: AbortSignal | undefined;
};

/** Of the client's connections between two writes, the same beside Petrov: steady traffic that isn't itself the load. */
export const WRITE_PAUSE_MS = 10;
/** About as long as a person is asked after the fault: clients have given up on the old primary by then, as with Petrov. */
const DEAD_FOR_MS = 4_000;
const CLUSTER = 'orders';
const PROMOTED = 'orders-2';

export async function measureBare({ root, fault, load, signal }: BareInput): Promise<number> {
  await using site = await createSite({ root, cluster: CLUSTER });
  const writer = await startWriter(site, { pauseMs: WRITE_PAUSE_MS });
  await waitUntil(async () => (await readWriterLog(writer.logFile)).acks.length > 100, {
    what: 'client writes',
    timeoutMs: 30_000,
    everyMs: 100,
    signal,
  });
  const running = await startLoad(site, CLUSTER, load);
  const session = await openSession(site, PROMOTED);
  try {
    const [primary] = site.memberIds();
    await applyFault(site, fault.name, [primary ?? '']);
    await pause(DEAD_FOR_MS, undefined, signal === undefined ? {} : { signal });
    const sentMs = monotonicMs();
    session.send('SELECT pg_promote();');
    const first = await waitUntil(
      async () => firstAckMs((await readWriterLog(writer.logFile)).acks, PROMOTED, sentMs),
      { what: 'the first commit on the promoted standby', timeoutMs: 30_000, everyMs: 200, signal },
    );
    await running.waitUntilBack();
    return first - sentMs;
  } finally {
    session.end();
    await writer.stop();
  }
}

type Session = { readonly send: (statement: string) => void; readonly end: () => void };

/** psql that is connected already: what is measured begins with the statement, not with a login. */
async function openSession(site: Site, member: string): Promise<Session> {
  const [command = '', ...args] = site.psqlArgv(member);
  const child = spawn(command, [...args, '-qAtX'], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined); // it ended: the first commit that doesn't come tells
  const answers = createInterface({ input: child.stdout });
  const answered = once(answers, 'line', { signal: AbortSignal.timeout(10_000) });
  child.stdin.write('SELECT 1;\n');
  try {
    await answered;
  } catch (error) {
    child.kill();
    throw new DrillError('no-session', `psql got no session at ${member}`, error);
  }
  return { send: (statement) => child.stdin.write(`${statement}\n`), end: () => child.kill() };
}
