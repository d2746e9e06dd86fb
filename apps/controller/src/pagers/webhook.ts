// Standard Webhooks v1: JSON by POST, signed with HMAC-SHA256 over `id.timestamp.body`. Follows no redirect, since the
// destination is what the configuration says; never prints the secret.
import { createHmac } from 'node:crypto';
import { sayDuration } from '@petrov/core/assessment';
import type { PagerConfig } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import type { Secret } from '@petrov/runtime/secrets';
import type { Pager, PagerMessage, Sent } from './pager.ts';

const DEADLINE_MS = 10_000;
const BODY_BYTES_MAX = 20_000;
/** Of the 4xx: not yet, too early, too many. All others say that the request itself is wrong. */
const askAgain: ReadonlySet<number> = new Set([408, 425, 429]);

type Deps = { readonly secret: Secret; readonly clock: Clock };

export function createWebhook({ id, url }: Extract<PagerConfig, { kind: 'webhook' }>, { secret, clock }: Deps): Pager {
  const key = decodeKey(secret, id);
  return {
    id,
    send: async (message) => {
      const body = fitBody(message);
      const timestamp = Math.floor(clock.nowMs() / 1_000);
      try {
        const response = await fetch(url, {
          method: 'POST',
          redirect: 'manual',
          signal: AbortSignal.timeout(DEADLINE_MS),
          headers: {
            'content-type': 'application/json',
            'user-agent': 'petrov',
            'webhook-id': message.id,
            'webhook-timestamp': String(timestamp),
            'webhook-signature': signWebhook(key, { id: message.id, timestamp, body }),
          },
          body,
        });
        await response.body?.cancel();
        return readStatus(response, clock.nowMs());
      } catch (error) {
        return { kind: 'again', says: sayFailure(error) };
      }
    },
  };
}

export function signWebhook(key: Buffer, signed: { id: string; timestamp: number; body: string }): string {
  return `v1,${createHmac('sha256', key).update(`${signed.id}.${signed.timestamp}.${signed.body}`).digest('base64')}`;
}

/** `whsec_<base64>`, 24 to 64 bytes. */
function decodeKey(secret: Secret, id: string): Buffer {
  const text = secret.reveal();
  const key = Buffer.from(text.replace(/^whsec_/, ''), 'base64');
  if (!text.startsWith('whsec_') || key.length < 24 || key.length > 64) {
    throw new Error(`The secret of the pager "${id}" isn't of the form whsec_<base64 of 24 to 64 bytes>.`);
  }
  return key;
}

/** Details go first when it's too long: the summary and the identity must arrive. */
function fitBody({ type, atMs, data }: PagerMessage): string {
  const timestamp = new Date(atMs).toISOString();
  const body = JSON.stringify({ type, timestamp, data });
  if (Buffer.byteLength(body) <= BODY_BYTES_MAX) return body;
  const { details: _, ...thin } = data;
  return JSON.stringify({ type, timestamp, data: { ...thin, detailsLeftOut: true } });
}

function readStatus({ status, headers }: Response, nowMs: number): Sent {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status >= 500 || askAgain.has(status)) {
    return { kind: 'again', says: `it answered ${status}`, afterMs: readRetryAfter(headers.get('retry-after'), nowMs) };
  }
  const why =
    status >= 300 && status < 400 ? 'it sends elsewhere, and redirects are not followed' : 'the receiver refuses it';
  return { kind: 'dead', says: `it answered ${status}: ${why}` };
}

/** Seconds or a date. */
function readRetryAfter(text: string | null, nowMs: number): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

function sayFailure(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `it didn't answer within ${sayDuration(DEADLINE_MS)}`;
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return `it can't be reached${code === undefined ? '' : ` (${code})`}`;
}
