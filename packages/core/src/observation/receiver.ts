// What a standby's WAL receiver tells of its upstream, over time: not the status word (a frozen primary stays `streaming`
// for 59 s) but message age and progress of the received position.
import { formatLsn, type Lsn, lsnBytes, maxLsn } from '../cluster/index.ts';
import type { HeldUpBy } from './held-up.ts';
import type { ObservationOf } from './observation.ts';
import { beganAtMs } from './track.ts';

export type ReceiverMemory = {
  /** Newest answer of the standby about its receiver, whoever asked. */
  readonly atMs: number;
  /** When the question was sent that the newest answer belongs to. */
  readonly beganAtMs: number;
  /** When it was first heard on this timeline. */
  readonly firstAtMs: number;
  readonly status: 'streaming' | 'connecting' | 'stopped' | 'none' | 'unknown';
  readonly upstream?: string | undefined;
  readonly lastMessageAgeMs?: number | undefined;
  readonly timeline?: number | undefined;
  readonly receivedLsn?: Lsn | undefined;
  readonly replayedLsn?: Lsn | undefined;
  readonly replayPaused?: boolean | undefined;
  readonly beat?: number | undefined;
  readonly systemId?: string | undefined;
  readonly heldUpBy?: HeldUpBy | undefined;
  readonly archives?: boolean | undefined;
  readonly commitWait?: NonNullable<ObservationOf<'wal-receiver'>['facts']>['commitWait'];
  /** When the received position was first seen where it stands. */
  readonly advancedAtMs?: number | undefined;
  /** When the newest look began that still showed it lower: it may have read the server at once. It advanced after that. */
  readonly advancedAfterMs?: number | undefined;
  /** The advance before that one: whether WAL flowed at all. */
  readonly advancedBeforeAtMs?: number | undefined;
  readonly streamingLastAtMs?: number | undefined;
  /** Since when it's been something else than streaming; absent while it streams. */
  readonly brokenSinceMs?: number | undefined;
};

export function extendReceiver(
  memory: ReceiverMemory | undefined,
  seen: ObservationOf<'wal-receiver'>,
): ReceiverMemory | undefined {
  if (seen.outcome !== 'ok') return memory;
  const facts = seen.facts ?? {};
  if (memory !== undefined && seen.atMs < memory.atMs) return extendByOlder(memory, facts);
  const isNewTimeline =
    memory?.timeline !== undefined && facts.timeline !== undefined && facts.timeline !== memory.timeline;
  const before = isNewTimeline ? undefined : memory;
  const receivedLsn = maxLsn(before?.receivedLsn, maxLsn(facts.receivedLsn, facts.replayedLsn));
  const hasAdvanced =
    receivedLsn !== undefined &&
    before?.receivedLsn !== undefined &&
    lsnBytes(receivedLsn) > lsnBytes(before.receivedLsn);
  const status = facts.status ?? 'unknown';
  return {
    atMs: seen.atMs,
    beganAtMs: beganAtMs(seen),
    firstAtMs: before?.firstAtMs ?? seen.atMs,
    status,
    ...stillKnown(memory, facts),
    lastMessageAgeMs: facts.lastMessageAgeMs,
    receivedLsn,
    replayedLsn: maxLsn(before?.replayedLsn, facts.replayedLsn),
    replayPaused: facts.replayPaused,
    heldUpBy: facts.heldUpBy,
    advancedAtMs: hasAdvanced ? seen.atMs : before?.advancedAtMs,
    advancedAfterMs: hasAdvanced ? before?.beganAtMs : before?.advancedAfterMs,
    advancedBeforeAtMs: hasAdvanced ? before?.advancedAtMs : before?.advancedBeforeAtMs,
    streamingLastAtMs: status === 'streaming' ? seen.atMs : memory?.streamingLastAtMs,
    brokenSinceMs: status === 'streaming' ? undefined : (memory?.brokenSinceMs ?? seen.atMs),
  };
}

/** What it doesn't tell each time is as it was told last. */
function stillKnown(
  memory: ReceiverMemory | undefined,
  facts: NonNullable<ObservationOf<'wal-receiver'>['facts']>,
): Pick<ReceiverMemory, 'upstream' | 'timeline' | 'beat' | 'systemId' | 'archives' | 'commitWait'> {
  return {
    upstream: facts.upstream ?? memory?.upstream,
    timeline: facts.timeline ?? memory?.timeline,
    beat: facts.beat ?? memory?.beat,
    systemId: facts.systemId ?? memory?.systemId,
    archives: facts.archives ?? memory?.archives,
    commitWait: facts.commitWait ?? memory?.commitWait,
  };
}

/** A late report of what was before the newest: only its positions may add something. */
function extendByOlder(
  memory: ReceiverMemory,
  facts: NonNullable<ObservationOf<'wal-receiver'>['facts']>,
): ReceiverMemory {
  if (facts.timeline !== undefined && facts.timeline !== memory.timeline) return memory;
  return {
    ...memory,
    receivedLsn: maxLsn(memory.receivedLsn, maxLsn(facts.receivedLsn, facts.replayedLsn)),
    replayedLsn: maxLsn(memory.replayedLsn, facts.replayedLsn),
  };
}

/** A position's growth, sampled at most each 2 s over a minute: how fast WAL is written. */
export type WalSample = { readonly atMs: number; readonly lsn: Lsn };
const SAMPLE_EVERY_MS = 2_000;
const SAMPLES_MAX = 30;

export function extendWalSamples(samples: readonly WalSample[], atMs: number, lsn: Lsn): readonly WalSample[] {
  const last = samples.at(-1);
  if (last === undefined) return [{ atMs, lsn }];
  if (lsnBytes(lsn) <= lsnBytes(last.lsn) || atMs - last.atMs < SAMPLE_EVERY_MS) return samples;
  return [...samples, { atMs, lsn }].slice(-SAMPLES_MAX);
}

/** Bytes of WAL a second over the samples; undefined with fewer than two. */
export function walBytesPerSecond(samples: readonly WalSample[]): number | undefined {
  const [first, last] = [samples.at(-8), samples.at(-1)].map((s, i) => s ?? (i === 0 ? samples[0] : undefined));
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return undefined;
  return (Number(lsnBytes(last.lsn) - lsnBytes(first.lsn)) * 1000) / (last.atMs - first.atMs);
}

export const ZERO_LSN: Lsn = formatLsn(0n);
