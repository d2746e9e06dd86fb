// Identity and chance: ids that sort by their time, nonces nobody guesses, jitter.
import { randomBytes, randomInt } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford's base 32: no i, l, o, u

/**
 * `<prefix>-<10 characters of time><10 of chance>`: lower-case, no dot, sorts by the millisecond it was made in.
 * `nowMs` is epoch milliseconds.
 */
export function newId(prefix: string, nowMs: number = Date.now()): string {
  return `${prefix}-${timeText(nowMs)}${chanceText(10)}`;
}

/** 144 bits of chance, safe in a URL. */
export function newNonce(): string {
  return randomBytes(18).toString('base64url');
}

/** A whole number from 0 up to and without `belowMs`. */
export function jitterMs(belowMs: number): number {
  return belowMs < 1 ? 0 : randomInt(Math.floor(belowMs));
}

function timeText(nowMs: number): string {
  let rest = Math.floor(nowMs);
  let text = '';
  for (let place = 0; place < 10; place += 1) {
    text = `${alphabet[rest % 32]}${text}`;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function chanceText(length: number): string {
  return [...randomBytes(length)].map((byte) => alphabet[byte % 32]).join('');
}
