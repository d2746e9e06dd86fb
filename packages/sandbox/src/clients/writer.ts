// A program for the client host: keeps some connections busy with writes and writes down each acknowledged id, with the
// time and the member. Beside them one pinned connection for each member tries a write again and again, so that two
// members that acknowledge in the same period are seen, not inferred.
//   node writer.ts CONFIG.json
import { openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { monotonicMs } from '../wait.ts';
import { type Login, type Target, close, closeAll, connectForWrites, isOpen, open, takesWrites } from './connection.ts';
import { type CanaryLine, WriterConfig, type WriterLine } from './writer-config.ts';

const RECONNECT_PAUSE_MS = 50;
type Entry = WriterLine extends infer Line
  ? Line extends WriterLine
    ? Omit<Line, 'atMs' | 'monotonicMs'>
    : never
  : never;

interface Writer {
  readonly config: WriterConfig;
  readonly login: Login;
  readonly signal: AbortSignal;
  readonly nextId: () => number;
  readonly note: (entry: Entry) => void;
  readonly count: (tookMs: number | undefined) => void;
}

async function main(): Promise<void> {
  const config = WriterConfig.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
  const log = openSync(config.logFile, 'a', 0o600);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  let lastId = Date.now() * 1_000; // a writer that is started again goes on above its earlier ids
  const canary = startCanary();
  const writer: Writer = {
    config,
    login: { user: config.user, password: readFileSync(config.passwordFile, 'utf8').trim(), database: config.database },
    signal: stop.signal,
    nextId: () => ++lastId,
    note: (entry) => {
      writeSync(log, `${JSON.stringify({ ...entry, atMs: Date.now(), monotonicMs: monotonicMs() })}\n`);
    },
    count: canary.count,
  };
  await Promise.all([
    ...Array.from({ length: config.connections }, (_, index) => keepWriting(writer, `w${index + 1}`)),
    ...(config.probeEveryMs > 0 ? config.members.map((member) => keepProbing(writer, member)) : []),
  ]);
  canary.stop();
}

async function keepWriting(writer: Writer, connection: string): Promise<void> {
  const { config, signal } = writer;
  let member: string | undefined;
  const waiting = new Map<string, Client>();
  const resting = new Map<string, number>();
  while (!signal.aborted) {
    const open = await connectForWrites(config.members, writer.login, { first: member, waiting, resting });
    if (open === undefined) {
      writer.note({ kind: 'fail', connection, member: null, says: 'no member takes writes' });
      writer.count(undefined);
      await pause(RECONNECT_PAUSE_MS);
      continue;
    }
    member = open.member;
    while (!signal.aborted && (await write(writer, { connection, member, client: open.client, pinned: false }))) {
      if (config.pauseMs > 0) await pause(config.pauseMs);
    }
    close(open.client);
  }
  closeAll(waiting);
}

async function keepProbing(writer: Writer, target: Target): Promise<void> {
  const { config, signal } = writer;
  const connection = `pinned-${target.id}`;
  let client: Client | undefined;
  while (!signal.aborted) {
    client ??= await open(target, writer.login);
    if (client !== undefined && (await takesWrites(client))) {
      const isUsable = await write(writer, { connection, member: target.id, client, pinned: true });
      if (!isUsable) client = drop(client);
    } else if (client !== undefined && !isOpen(client)) {
      client = drop(client);
    }
    await pause(config.probeEveryMs);
  }
  if (client !== undefined) close(client);
}

interface Attempt {
  readonly connection: string;
  readonly member: string;
  readonly client: Client;
  readonly pinned: boolean;
}

/** False when the connection is of no more use. */
async function write(writer: Writer, attempt: Attempt): Promise<boolean> {
  const { connection, member, pinned } = attempt;
  const id = writer.nextId();
  const startedMs = monotonicMs();
  try {
    await attempt.client.query('INSERT INTO writes (id, writer) VALUES ($1, $2)', [id, connection]);
  } catch (error) {
    writer.note({ kind: 'fail', connection, member, says: error instanceof Error ? error.message : String(error) });
    if (!pinned) writer.count(undefined);
    return false;
  }
  writer.note({ kind: 'ack', id, member, connection, pinned });
  if (!pinned) writer.count(monotonicMs() - startedMs);
  return true;
}

function drop(client: Client): undefined {
  close(client);
}

function startCanary(): { readonly count: Writer['count']; readonly stop: () => void } {
  let tookMs: number[] = [];
  let failed = 0;
  const timer = setInterval(() => {
    const sorted = tookMs.toSorted((left, right) => left - right);
    const p99Ms = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? null;
    const line: CanaryLine = { atMs: Date.now(), succeeded: sorted.length, failed, p99Ms };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    tookMs = [];
    failed = 0;
  }, 1_000);
  return {
    count: (ms) => {
      if (ms === undefined) failed++;
      else tookMs.push(ms);
    },
    stop: () => clearInterval(timer),
  };
}

await main();
