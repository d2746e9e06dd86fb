// Which timelines a stopped server has WAL of, by the names in its pg_wal and by its histories.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatLsn, Lsn, lsnBytes, lsnDistanceBytes } from '@petrov/core/cluster';
import { readIfThere } from '../state/durable.ts';
import type { ControlData } from './control-data.ts';

export type Segment = { readonly name: string; readonly timeline: number; readonly startsAt: bigint };

/** The WAL segments of a data directory; a recycled one bears the name of WAL that is still to come. */
export function listSegments(dataDirectory: string, segmentBytes: number): Segment[] {
  const perLog = 0x1_0000_0000n / BigInt(segmentBytes);
  return readdirSync(join(dataDirectory, 'pg_wal')).flatMap((name) => {
    if (!/^[0-9A-F]{24}$/.test(name)) return [];
    const [timeline = 0n, log = 0n, number = 0n] = [0, 8, 16].map((at) => BigInt(`0x${name.slice(at, at + 8)}`));
    return [{ name, timeline: Number(timeline), startsAt: (log * perLog + number) * BigInt(segmentBytes) }];
  });
}

/** A fresh primary's control file shows the old timeline until its first checkpoint; the names of its WAL don't. */
export function newestTimeline(dataDirectory: string, control: ControlData): number {
  const timelines = listSegments(dataDirectory, control.segmentBytes).map(({ timeline }) => timeline);
  return Math.max(control.timeline, ...timelines);
}

/** `from` is where its WAL can be read from. */
export type WalEnd = { readonly timeline: number; readonly from: Lsn };

/**
 * The timeline that this server's own WAL ends on: the newest one that branched off after its checkpoint. A segment of
 * another branch, such as an archive may have given it, isn't its own.
 */
export function findWalEnd(dataDirectory: string, control: ControlData): WalEnd {
  const segments = listSegments(dataDirectory, control.segmentBytes).toSorted((a, b) => b.timeline - a.timeline);
  const newest = segments.find(
    ({ timeline }) => timeline > control.timeline && follows(dataDirectory, timeline, control),
  );
  if (newest === undefined) return { timeline: control.timeline, from: control.redo };
  const { timeline } = newest;
  const starts = segments.filter((one) => one.timeline === timeline).map(({ startsAt }) => startsAt);
  const first = starts.reduce((least, one) => (one < least ? one : least)); // it begins with the old timeline's WAL
  return { timeline, from: first > lsnBytes(control.redo) ? formatLsn(first) : control.redo };
}

function follows(dataDirectory: string, timeline: number, control: ControlData): boolean {
  const history = readIfThere(join(dataDirectory, 'pg_wal', historyName(timeline)));
  const fork = parseFork((history ?? '').split('\n'), control.timeline);
  return fork !== undefined && lsnDistanceBytes(control.checkpoint, fork) >= 0;
}

export function historyName(timeline: number): string {
  return `${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`;
}

/** Where a history left `timeline`. */
export function parseFork(lines: readonly string[], timeline: number): Lsn | undefined {
  const entries = lines.map((line) => line.trim().split(/\s+/));
  const at = Lsn.safeParse(entries.find(([number]) => number === String(timeline))?.[1]);
  return at.success ? at.data : undefined;
}
