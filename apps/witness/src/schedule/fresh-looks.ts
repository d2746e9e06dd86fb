// When to look faster, and which question an answer belongs to. A first bad answer starts 10 s of fresh looks, at most once
// in 30 s unless a suspicion (3 bad of the last 5) stands; a request starts them too. Pure: time is an argument.
const FRESH_FOR_MS = 10_000;
const SELF_STARTED_EVERY_MS = 30_000;
const NONCE_FOR_MS = 15_000;
const ROUNDS_MAX = 10;
const ROUNDS_WITHIN_MS = 1_000;
const SUSPECT_BAD = 3;
const SUSPECT_OF = 5;

export type FreshLooks = {
  readonly fastUntilMs: number;
  readonly selfStartedAtMs: number;
  /** Of the newest answers about the primary, oldest first: bad or not. */
  readonly recent: readonly boolean[];
  readonly nonce?: { readonly text: string; readonly untilMs: number };
};

export const NO_FRESH_LOOKS: FreshLooks = { fastUntilMs: -Infinity, selfStartedAtMs: -Infinity, recent: [] };

export function noteAnswer(looks: FreshLooks, isBad: boolean, nowMs: number): FreshLooks {
  const recent = [...looks.recent, isBad].slice(-SUSPECT_OF);
  const next = { ...looks, recent };
  if (!isBad || nowMs < looks.fastUntilMs) return next;
  const isSuspect = recent.filter(Boolean).length >= SUSPECT_BAD;
  if (!isSuspect && nowMs - looks.selfStartedAtMs < SELF_STARTED_EVERY_MS) return next;
  return { ...next, fastUntilMs: nowMs + FRESH_FOR_MS, selfStartedAtMs: nowMs };
}

/** A request to look: its nonce goes on everything begun from now on; `forMs` 0 asks for one look only. */
export function noteRequest(looks: FreshLooks, request: { nonce: string; forMs: number }, nowMs: number): FreshLooks {
  return {
    ...looks,
    nonce: { text: request.nonce, untilMs: nowMs + NONCE_FOR_MS },
    fastUntilMs: Math.max(looks.fastUntilMs, nowMs + Math.min(request.forMs, FRESH_FOR_MS)),
  };
}

export function isFast(looks: FreshLooks, nowMs: number): boolean {
  return nowMs < looks.fastUntilMs;
}

export function nonceAt(looks: FreshLooks, nowMs: number): string | undefined {
  return looks.nonce && nowMs < looks.nonce.untilMs ? looks.nonce.text : undefined;
}

/** When the newest rounds began, oldest first. */
export function noteRound(roundsAtMs: readonly number[], nowMs: number): readonly number[] {
  return [...roundsAtMs, nowMs].slice(-ROUNDS_MAX);
}

/** How long a question waits for its round: not at all, unless so many began within a second; whoever asks, and how often. */
export function questionInMs(roundsAtMs: readonly number[], nowMs: number): number {
  const [oldest = -Infinity] = roundsAtMs;
  return roundsAtMs.length < ROUNDS_MAX ? 0 : Math.max(0, oldest + ROUNDS_WITHIN_MS - nowMs);
}
