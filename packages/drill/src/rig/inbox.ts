// A pager's other end: receives signed webhooks (Standard Webhooks, v1), checks them, stamps their arrival and keeps the
// newest. What isn't signed by the shared secret is kept too, marked as such, and answered 401.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

export type InboxMessage = {
  readonly id: string;
  readonly receivedAtMs: number;
  /** The system's monotonic clock at arrival, the one that faults and writes are stamped with. */
  readonly receivedMonotonicMs: number;
  readonly signatureOk: boolean;
  readonly type: string;
  readonly body: unknown;
};

const KEPT_MAX = 200;
const BODY_BYTES_MAX = 262_144;
const TOLERANCE_MS = 300_000;
const Typed = z.object({ type: z.string() });

export type SignedHeaders = {
  readonly id: string;
  /** Unix seconds, as text. */
  readonly timestamp: string;
  /** Space-separated `v1,<base64>`; during a rotation there are two. */
  readonly signature: string;
};

/** True when one of the signatures is the secret's over exactly these bytes, and the timestamp is of these minutes. */
export function isSignedBy(secret: string, headers: SignedHeaders, body: Uint8Array, nowMs: number): boolean {
  const seconds = Number(headers.timestamp);
  if (headers.id === '' || !Number.isInteger(seconds) || Math.abs(nowMs - seconds * 1000) > TOLERANCE_MS) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const hmac = createHmac('sha256', key).update(`${headers.id}.${headers.timestamp}.`).update(body).digest();
  return headers.signature.split(' ').some((one) => {
    const [version, text = ''] = one.split(',');
    const given = Buffer.from(text, 'base64');
    return version === 'v1' && given.length === hmac.length && timingSafeEqual(given, hmac);
  });
}

export class Inbox implements AsyncDisposable {
  readonly #server: Server;
  readonly #secret: string;
  readonly #listeners = new Set<(message: InboxMessage) => void>();
  #messages: InboxMessage[] = [];

  private constructor(secret: string) {
    this.#secret = secret;
    this.#server = createServer((request, response) => {
      this.#take(request).then(
        (status) => response.writeHead(status).end(),
        () => response.writeHead(400).end(),
      );
    });
    this.#server.requestTimeout = 10_000;
  }

  static async start(secret: string): Promise<Inbox> {
    const inbox = new Inbox(secret);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    inbox.#server.once('error', reject);
    inbox.#server.listen(0, '127.0.0.1', resolve);
    await promise;
    return inbox;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/inbox`; // listening on TCP: an AddressInfo
  }

  /** Oldest first. */
  get messages(): readonly InboxMessage[] {
    return this.#messages;
  }

  /** Told of each new message at its arrival; answers how to stop listening. */
  onMessage(listener: (message: InboxMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #take(request: IncomingMessage): Promise<number> {
    const receivedAtMs = Date.now();
    const receivedMonotonicMs = Number(process.hrtime.bigint()) / 1e6;
    const bytes = await readBody(request);
    if (request.method !== 'POST' || bytes === undefined) return bytes === undefined ? 413 : 405;
    const header = (name: string): string => String(request.headers[name] ?? '');
    const [id, timestamp, signature] = [header('webhook-id'), header('webhook-timestamp'), header('webhook-signature')];
    const signatureOk = isSignedBy(this.#secret, { id, timestamp, signature }, bytes, receivedAtMs);
    if (this.#messages.some((known) => known.id === id && known.signatureOk)) return signatureOk ? 204 : 401;
    const body = parse(bytes.toString('utf8'));
    const type = Typed.safeParse(body).data?.type ?? 'unknown';
    const message = { id, receivedAtMs, receivedMonotonicMs, signatureOk, type, body };
    this.#messages = [...this.#messages, message].slice(-KEPT_MAX);
    for (const listener of this.#listeners) listener(message);
    return signatureOk ? 204 : 401;
  }
}

/** Undefined when it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { text: text.slice(0, 2_000) }; // no JSON: shown as it came
  }
}
