// What forbids to propose, however many witnesses agree: a sign of life since the suspicion began, less than 10 s old.
// Older, it's evidence against and no longer a veto: a disk that commits one in a hundred must not mute us. Nor are the last
// words of a server that answers dead: its backends outlive a killed postmaster by a commit, its WAL is on its way. (ADR 10)
import { type Case, spanMs } from './case.ts';
import { areDeadAnswers } from './corroborate.ts';
import type { Findings } from './findings/index.ts';

const VETO_MS = 10_000;
const LAST_WORDS_MS = 1_000;

export type SignOfLife = {
  readonly id: string;
  readonly source: string;
  readonly says: string;
  readonly atMs: number;
  readonly isVeto: boolean;
};

/** Signs of life of the primary since the suspicion began, newest first. */
export function findSignsOfLife(given: Case, found: Findings): readonly SignOfLife[] {
  const since = given.suspectedSinceMs;
  if (since === undefined) return [];
  const mutedUntilMs = areDeadAnswers(found) ? since + LAST_WORDS_MS : since;
  const isVeto = (atMs: number) => given.nowMs - atMs < spanMs(given, VETO_MS) && atMs >= mutedUntilMs;
  const signs: SignOfLife[] = [];
  for (const standby of found.standbys) {
    const { advancedAfterMs, advancedAtMs } = standby;
    if (!standby.isDirect || advancedAfterMs === undefined || advancedAtMs === undefined || advancedAfterMs < since)
      continue;
    signs.push({
      id: `testimony/${standby.id}`,
      source: standby.id,
      says: `WAL still arrives at ${standby.id}`,
      atMs: advancedAtMs,
      isVeto: isVeto(advancedAtMs),
    });
  }
  for (const witness of found.reach) {
    const { lastOkAtMs, lastOkBeganAtMs } = witness.write?.track ?? {};
    if (
      witness.doubt !== undefined ||
      lastOkAtMs === undefined ||
      lastOkBeganAtMs === undefined ||
      lastOkBeganAtMs < since
    )
      continue;
    signs.push({
      id: `commit/${witness.id}`,
      source: witness.id,
      says: `${witness.id} committed a heartbeat`,
      atMs: lastOkAtMs,
      isVeto: isVeto(lastOkAtMs),
    });
  }
  for (const client of found.clients) {
    const { canary } = client;
    if (!client.isServed || (canary.previousAtMs ?? canary.atMs) < since) continue;
    signs.push({
      id: `client/${client.source}`,
      source: client.source,
      says: `${canary.succeeded} of ${canary.succeeded + canary.failed} client writes succeed`,
      atMs: canary.atMs,
      isVeto: isVeto(canary.atMs),
    });
  }
  return signs.sort((a, b) => b.atMs - a.atMs);
}
