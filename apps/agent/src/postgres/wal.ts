// The end of the WAL that a stopped server holds: where the record after its last one would begin. pg_waldump names the
// last record that can be read; the record's length gives its end. Source: PostgreSQL manual, "WAL Internals".
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { formatLsn, Lsn, lsnBytes } from '@petrov/core/cluster';
import type { AgentConfig } from '@petrov/core/wire';
import type { ControlData } from './control-data.ts';
import { findWalEnd } from './timelines.ts';

const run = promisify(execFile);
const WITHIN_MS = 400;
const NEAR_BYTES = 262_144n;
const PAGE_BYTES = 8_192n;
const PAGE_HEADER_BYTES = 24n;
const SEGMENT_HEADER_BYTES = 40n;

export type Looking = {
  readonly withinMs?: number | undefined;
  /** A position that it's known to have reached: what lies long before needn't be read. */
  readonly after?: Lsn | undefined;
};
type Place = Pick<AgentConfig, 'binDirectory' | 'dataDirectory'>;

/** Undefined when it can't be told in time: after a crash, all WAL since the last checkpoint is read. */
export async function readLastLsn(
  { binDirectory, dataDirectory }: Place,
  control: ControlData,
  { withinMs = WITHIN_MS, after }: Looking = {},
): Promise<Lsn | undefined> {
  const isClean = control.state === 'shut down'; // its last record is the checkpoint, on the timeline of that
  const { timeline, from } = isClean
    ? { timeline: control.timeline, from: control.checkpoint }
    : findWalEnd(dataDirectory, control);
  const dump = (...args: string[]) =>
    run(join(binDirectory, 'pg_waldump'), ['-p', join(dataDirectory, 'pg_wal'), '-t', String(timeline), ...args], {
      timeout: withinMs,
      env: { ...process.env, LC_ALL: 'C' },
    });
  try {
    const last = isClean ? from : await findLast(dump, laterOf(from, after));
    if (typeof last !== 'string') return last?.end;
    const { stdout } = await dump('-n', '1', '-s', last);
    const length = /len \(rec\/tot\):\s+\d+\/\s*(\d+)/.exec(stdout)?.[1];
    return length === undefined ? undefined : recordEnd(last, Number(length), control.segmentBytes);
  } catch {
    return undefined; // too long, or its first record isn't there
  }
}

/** A record may go on over the position itself, so some WAL before it is read, too. */
function laterOf(from: Lsn, after: Lsn | undefined): Lsn {
  const near = after === undefined ? 0n : lsnBytes(after) - NEAR_BYTES;
  return near > lsnBytes(from) ? formatLsn(near) : from;
}

type Dump = (...args: string[]) => Promise<unknown>;

/** It always ends with an error, which names the last record that was read, and mostly where the next one would begin. */
async function findLast(dump: Dump, from: Lsn): Promise<Lsn | { readonly end: Lsn } | undefined> {
  try {
    await dump('-q', '-s', from);
    return undefined;
  } catch (error) {
    return parseEnd(error instanceof Error && 'stderr' in error ? String(error.stderr) : '');
  }
}

export function parseEnd(said: string): Lsn | { readonly end: Lsn } | undefined {
  const end = Lsn.safeParse(/invalid record length at ([0-9A-F]+\/[0-9A-F]+)/i.exec(said)?.[1]);
  if (end.success) return { end: end.data };
  const last = Lsn.safeParse(/WAL record at ([0-9A-F]+\/[0-9A-F]+)/i.exec(said)?.[1]);
  return last.success ? last.data : undefined;
}

/** Where a record ends: its bytes, aligned to 8, and the header of each page that it goes on to. */
export function recordEnd(start: Lsn, length: number, segmentBytes: number): Lsn {
  let at = lsnBytes(start);
  let left = (BigInt(length) + 7n) & ~7n;
  for (;;) {
    const room = PAGE_BYTES - (at % PAGE_BYTES);
    if (left <= room) return formatLsn(at + left);
    at += room;
    left -= room;
    at += at % BigInt(segmentBytes) === 0n ? SEGMENT_HEADER_BYTES : PAGE_HEADER_BYTES;
  }
}
