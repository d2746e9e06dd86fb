// What a standby's receiver testifies, as an item.
import type { Case } from '../case.ts';
import { corroboratesLoss, isSinceSuspicion, type StandbyFinding } from '../findings/index.ts';
import { sayDuration } from '../words.ts';
import type { Side, Sided } from './sided.ts';

export function fromStandby(given: Case, standby: StandbyFinding): Sided {
  const { receiver } = standby;
  const base = { id: `testimony/${standby.id}`, kind: 'testimony' as const, source: standby.id, zone: standby.zone };
  const sample =
    receiver === undefined
      ? {}
      : {
          sample: {
            status: receiver.status,
            receivedLsn: receiver.receivedLsn,
            lastMessageAgeMs: receiver.lastMessageAgeMs,
            timeline: receiver.timeline,
            upstream: receiver.upstream,
          },
        };
  const say = (side: Side, says: string, sinceAtMs: number): Sided => ({
    side,
    item: { ...base, says, sinceAtMs, ...(receiver === undefined ? {} : { seenAtMs: receiver.atMs }), ...sample },
  });
  if (receiver === undefined || !standby.isFresh)
    return say(
      'unknown',
      `${standby.id} has not been heard${receiver === undefined ? '' : ` for ${sayDuration(given.nowMs - receiver.atMs)}`}`,
      receiver?.atMs ?? given.nowMs,
    );
  if (!standby.isDirect)
    return say('unknown', `${standby.id} says nothing about ${given.primary}: ${standby.whyNot}`, receiver.atMs);
  if (standby.isStopped)
    return say(
      'unknown',
      `${standby.id}: its receiver was stopped by somebody, not lost`,
      receiver.brokenSinceMs ?? receiver.atMs,
    );
  if (corroboratesLoss(standby)) {
    return say(
      'failing',
      `${standby.id} ${standby.isLost ? 'lost its stream from' : 'hears nothing more from'} ${given.primary}; its WAL stands still at ${receiver.receivedLsn ?? '?'}`,
      standby.advancedAtMs ?? receiver.atMs,
    );
  }
  if (standby.isLost)
    return say(
      'unknown',
      `${standby.id} has lost its stream from ${given.primary}`,
      receiver.brokenSinceMs ?? receiver.atMs,
    );
  const isMoving = (standby.stillMs ?? 0) < 3_000;
  const isSpeaking = isMoving || (receiver.lastMessageAgeMs ?? Infinity) <= 3_000;
  const isOfNow = given.suspectedSinceMs === undefined || isSinceSuspicion(given, standby.heardAtMs ?? -Infinity);
  const age =
    receiver.lastMessageAgeMs === undefined ? '' : `, newest message ${sayDuration(receiver.lastMessageAgeMs)} old`;
  return say(
    isSpeaking && isOfNow ? 'living' : 'unknown',
    isMoving
      ? `WAL ${isOfNow ? 'still arrives' : 'arrived'} at ${standby.id}${isOfNow ? '' : ' until just now'}${age}`
      : `${standby.id} is connected, no newer WAL for ${sayDuration(standby.stillMs ?? 0)}${age}`,
    standby.advancedAtMs ?? receiver.atMs,
  );
}
