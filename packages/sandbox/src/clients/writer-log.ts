// What a writer's log says: acknowledged ids, periods without service, members that acknowledged in the same period.
import { readFile } from 'node:fs/promises';
import { type Ack, type Failure, WriterLine } from './writer-config.ts';

export interface Period {
  readonly fromMs: number;
  /** Null while it lasts. */
  readonly toMs: number | null;
  readonly fromMonotonicMs: number;
  readonly toMonotonicMs: number | null;
}

export interface SplitBrain {
  readonly members: readonly [string, string];
  readonly fromMonotonicMs: number;
  readonly toMonotonicMs: number;
}

export interface WriterLog {
  readonly acks: readonly Ack[];
  readonly failures: readonly Failure[];
  /** From the first failed write to the next acknowledged one; pinned connections don't count. */
  readonly unavailable: readonly Period[];
  readonly splitBrains: readonly SplitBrain[];
}

/** A member that acknowledges at least this often is taken to have done so all the time between. */
const SAME_PERIOD_MS = 1_000;

export async function readWriterLog(file: string): Promise<WriterLog> {
  const text = await readFile(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1); // a line that is being written is left for next time
  const lines = whole.split('\n').filter(Boolean);
  return readLines(lines.map((line) => WriterLine.parse(JSON.parse(line))));
}

export function readLines(lines: readonly WriterLine[]): WriterLog {
  const acks = lines.filter((line) => line.kind === 'ack');
  return {
    acks,
    failures: lines.filter((line) => line.kind === 'fail'),
    unavailable: findUnavailable(lines),
    splitBrains: findSplitBrains(acks),
  };
}

function findUnavailable(lines: readonly WriterLine[]): readonly Period[] {
  const periods: Period[] = [];
  let first: Failure | undefined;
  for (const line of lines) {
    if (line.connection.startsWith('pinned-')) continue;
    if (line.kind === 'fail') first ??= line;
    else if (first !== undefined) {
      periods.push({ ...begin(first), toMs: line.atMs, toMonotonicMs: line.monotonicMs });
      first = undefined;
    }
  }
  return first === undefined ? periods : [...periods, { ...begin(first), toMs: null, toMonotonicMs: null }];
}

function begin(first: Failure): Pick<Period, 'fromMs' | 'fromMonotonicMs'> {
  return { fromMs: first.atMs, fromMonotonicMs: first.monotonicMs };
}

interface Span {
  readonly member: string;
  readonly from: number;
  to: number;
}

function findSplitBrains(acks: readonly Ack[]): readonly SplitBrain[] {
  const spans: Span[] = [];
  const current = new Map<string, Span>();
  for (const { member, monotonicMs } of acks.toSorted((left, right) => left.monotonicMs - right.monotonicMs)) {
    const span = current.get(member);
    if (span !== undefined && monotonicMs - span.to <= SAME_PERIOD_MS) {
      span.to = monotonicMs;
      continue;
    }
    const fresh = { member, from: monotonicMs, to: monotonicMs };
    current.set(member, fresh);
    spans.push(fresh);
  }
  return spans.flatMap((one, index) =>
    spans
      .slice(index + 1)
      .filter((other) => other.member !== one.member && other.from <= one.to && one.from <= other.to)
      .map(
        (other): SplitBrain => ({
          members: [one.member, other.member],
          fromMonotonicMs: Math.max(one.from, other.from),
          toMonotonicMs: Math.min(one.to, other.to),
        }),
      ),
  );
}
