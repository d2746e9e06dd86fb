// What the standbys tell of the primary without being asked: whether WAL still arrives, and how old the newest word is.
// A cascading, stopped or delayed standby, or one on another timeline, says nothing (or less) about the primary.
import type { ReceiverMemory } from '../../observation/index.ts';
import { walBytesPerSecond } from '../../observation/index.ts';
import { type Case, freshnessMs } from '../case.ts';

export const STILL_MS = 3_000;
const ATTACHED_BEFORE_MS = 15_000;
export const SILENT_IDLE_MS = 35_000;
/** Below this rate WAL is little but our own heartbeats: a still position may only mean that we are cut off. */
export const BUSY_WAL_BYTES_PER_SECOND = 1_024;

export type StandbyFinding = {
  readonly id: string;
  readonly zone: string;
  readonly receiver?: ReceiverMemory | undefined;
  readonly isFresh: boolean;
  /** Receives from the primary itself, is on its timeline: may testify about it. */
  readonly isDirect: boolean;
  readonly whyNot?: string | undefined;
  readonly isStopped: boolean;
  /** It followed the primary until the trouble began; one that was broken before says nothing new. */
  readonly wasAttached: boolean;
  readonly isLost: boolean;
  /** Newest message from the primary, ms old as last told; undefined = not told. */
  readonly messageAgeMs?: number | undefined;
  /** For how long the received position has been seen standing, ms. */
  readonly stillMs?: number | undefined;
  readonly hadFlow: boolean;
  /** It advanced after this moment, at the latest at `advancedAtMs`. */
  readonly advancedAfterMs?: number | undefined;
  readonly advancedAtMs?: number | undefined;
  /** It had a message of the primary, or newer WAL, at this moment or later. */
  readonly heardAtMs?: number | undefined;
};

export function findTestimony(given: Case): readonly StandbyFinding[] {
  return given.topology.members
    .filter((m) => m.id !== given.primary)
    .map((member) => {
      const receiver = given.memory.receivers.get(member.id);
      const upstream = receiver?.upstream ?? member.upstream ?? given.primary;
      const isOther =
        given.timeline !== undefined && receiver?.timeline !== undefined && receiver.timeline !== given.timeline;
      const isOut = given.memory.members.get(member.id)?.inRecovery === false;
      const whyNot = isOut
        ? 'it is not a standby'
        : upstream !== given.primary
          ? `it follows ${upstream}`
          : isOther
            ? `it is on timeline ${receiver?.timeline}`
            : undefined;
      return {
        id: member.id,
        zone: member.zone,
        receiver,
        isFresh: receiver !== undefined && given.nowMs - receiver.atMs <= freshnessMs(given, 'other'),
        isDirect: whyNot === undefined,
        whyNot,
        isStopped: receiver?.status === 'stopped',
        wasAttached: wasAttached(given, member.id, receiver),
        isLost: receiver?.status === 'connecting' || receiver?.status === 'none',
        messageAgeMs: receiver?.status === 'streaming' ? receiver.lastMessageAgeMs : undefined,
        stillMs: receiver === undefined ? undefined : receiver.atMs - (receiver.advancedAtMs ?? receiver.firstAtMs),
        hadFlow: hadFlow(receiver),
        advancedAfterMs: receiver?.advancedAfterMs,
        advancedAtMs: receiver?.advancedAtMs,
        heardAtMs: receiver === undefined ? undefined : heardAtMs(receiver),
      };
    });
}

function heardAtMs({ status, beganAtMs, lastMessageAgeMs, advancedAfterMs }: ReceiverMemory): number | undefined {
  const messageAtMs =
    status === 'streaming' && lastMessageAgeMs !== undefined ? beganAtMs - lastMessageAgeMs : undefined;
  const known = [messageAtMs, advancedAfterMs].filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Streaming shortly before the trouble began; after a restart of the controller, by its record. */
function wasAttached(given: Case, id: string, receiver: ReceiverMemory | undefined): boolean {
  const streamed = receiver?.streamingLastAtMs;
  if (streamed === undefined) return given.attached?.includes(id) === true;
  return streamed >= (given.suspectedSinceMs ?? given.startingSinceMs ?? given.nowMs) - ATTACHED_BEFORE_MS;
}

/** WAL flowed before it stood still: two advances not far apart. */
function hadFlow(receiver: ReceiverMemory | undefined): boolean {
  if (receiver?.advancedAtMs === undefined || receiver.advancedBeforeAtMs === undefined) return false;
  return receiver.advancedAtMs - receiver.advancedBeforeAtMs <= 15_000;
}

/**
 * This standby corroborates that the primary sends nothing any more: its stream broke and nothing came since; or it's still
 * connected, WAL flowed before, and now neither a message nor WAL comes.
 */
export function corroboratesLoss(standby: StandbyFinding): boolean {
  if (standby.isStopped || (standby.stillMs ?? 0) < STILL_MS) return false;
  if (standby.isLost) return true;
  return standby.hadFlow && standby.messageAgeMs !== undefined && standby.messageAgeMs > STILL_MS;
}

export function isWalBusy(given: Case): boolean {
  return (walBytesPerSecond(given.memory.wal) ?? 0) >= BUSY_WAL_BYTES_PER_SECOND;
}
