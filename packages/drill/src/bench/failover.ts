// What Petrov's care costs: from the approval to the first commit of a multi-host client, against a bare pg_promote() on a
// set of its own to the same client's first commit, in the same run on the same machine.
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { createSite, monotonicMs, readWriterLog, type RunningWriter, type Site, startWriter } from '@petrov/sandbox';
import { DrillError } from '../errors.ts';
import { firstAckMs } from '../run/acks.ts';
import { type DrillOptions, runDrill } from '../run/drill.ts';
import { waitUntil } from '../wait.ts';

export type FailoverFigures = {
  readonly approveToWritableMs: number;
  readonly bareToWritableMs: number;
  readonly approveToPromotedMs: number | null;
};

const DEAD_FOR_MS = 4_000;

export async function measureFailover(options: Omit<DrillOptions, 'operator'>): Promise<FailoverFigures> {
  const bareToWritableMs = await measureBare(options.root);
  const report = await runDrill({ ...options, operator: 'approve' });
  const { approveToWritableMs, approveToPromotedMs } = report.timings;
  if (approveToWritableMs === null) {
    const failed = report.checks.filter(({ ok }) => !ok).map(({ id, says }) => `${id}: ${says}`);
    throw new DrillError('not-measured', `the drill did not come to a first commit: ${failed.join('; ')}`);
  }
  return { approveToWritableMs, bareToWritableMs, approveToPromotedMs };
}

/** A primary is killed; once nobody can doubt it, the standby is told to promote, and the client finds it. */
async function measureBare(root: string): Promise<number> {
  await using site = await createSite({ root });
  const writer = await startWriter(site);
  await waitUntil(async () => (await readWriterLog(writer.logFile)).acks.length > 100, {
    what: 'client writes',
    timeoutMs: 30_000,
    everyMs: 200,
  });
  await site.fault('kill', { member: 'orders-1' });
  await pause(DEAD_FOR_MS);
  const sentMs = monotonicMs();
  await promote(site);
  const first = await waitUntil(async () => await firstOn(writer, sentMs), {
    what: 'the first commit on the promoted standby',
    timeoutMs: 30_000,
    everyMs: 100,
  });
  await writer.stop();
  return Math.round(first - sentMs);
}

async function promote(site: Site): Promise<void> {
  const [command = '', ...args] = site.psqlArgv('orders-2');
  const child = spawn(command, [...args, '-c', 'SELECT pg_promote()'], { stdio: 'ignore' });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.on('error', reject);
  child.on('exit', (code) =>
    code === 0 ? resolve() : reject(new DrillError('no-promotion', `psql ended with ${code}`)),
  );
  await promise;
}

async function firstOn(writer: RunningWriter, afterMs: number): Promise<number | undefined> {
  return firstAckMs((await readWriterLog(writer.logFile)).acks, 'orders-2', afterMs);
}
