// HTTP to the controller: over its admin socket on this host, or over TCP with a session. Each answer is parsed; each
// refusal becomes the controller's own sentence.
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ApiError } from '@petrov/core/wire';
import type { z } from 'zod';
import { CliError } from '../errors.ts';

const WAIT_MS = 30_000;

export type Target = {
  readonly socketPath?: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** A refusal of the controller, with its code. */
export class Refused extends CliError {
  readonly status: number;
  readonly code: string;
  constructor(status: number, error: ApiError['error']) {
    super(error.message, status === 400 ? 2 : 1);
    this.status = status;
    this.code = error.code;
  }
}

export type Client = {
  readonly get: <T>(path: string, schema: z.ZodType<T>) => Promise<T>;
  readonly post: <T>(path: string, body: unknown, schema: z.ZodType<T>) => Promise<T>;
  readonly stream: (path: string) => Promise<AsyncIterable<Buffer>>;
};

export function makeClient(target: Target): Client {
  const read = async <T>(response: IncomingMessage, schema: z.ZodType<T>): Promise<T> => {
    const text = await readText(response);
    const parsed = schema.safeParse(parse(text));
    if (parsed.success) return parsed.data;
    throw new CliError(
      'The controller answered in a form that this "petrov" does not know: use the one of its version.',
    );
  };
  return {
    get: async (path, schema) => read(await send(target, { method: 'GET', path }), schema),
    post: async (path, body, schema) => read(await send(target, { method: 'POST', path, body }), schema),
    stream: (path) => send(target, { method: 'GET', path }),
  };
}

type Asked = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: unknown };

async function send(target: Target, asked: Asked): Promise<IncomingMessage> {
  const response = await open(target, asked);
  const status = response.statusCode ?? 500;
  if (status < 400) return response;
  const text = await readText(response);
  const failure = ApiError.safeParse(parse(text));
  if (failure.success) throw new Refused(status, failure.data.error);
  throw new CliError(`The controller answered with HTTP ${status}: ${text.slice(0, 200)}`);
}

function open(target: Target, asked: Asked): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const url = new URL(`/api/v1${asked.path}`, target.url);
  const body = asked.body === undefined ? undefined : JSON.stringify(asked.body);
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const over = target.socketPath === undefined ? {} : { socketPath: target.socketPath };
  const make = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const headers = { ...target.headers, ...type };
  const request = make(url, { ...over, method: asked.method, headers }, resolve);
  // Silence is bounded, not the whole: a long record may take its time.
  request.setTimeout(WAIT_MS, () => request.destroy(new Error(`gave no answer for ${WAIT_MS / 1_000} s`)));
  request.on('error', (error) => reject(unreachable(target, asked, error)));
  request.end(body);
  return promise;
}

function unreachable(target: Target, asked: Asked, error: Error): CliError {
  const code = 'code' in error ? String(error.code) : '';
  const where = target.socketPath ?? target.url;
  if (code === 'EACCES') {
    return new CliError(
      `${where} belongs to another user: run "petrov" as the user that runs the controller, or with sudo.`,
    );
  }
  const why = code === '' ? error.message : `can't be reached (${code})`;
  const wasSent = asked.method === 'POST' && code !== 'ENOENT' && code !== 'ECONNREFUSED';
  const outcome = wasSent
    ? 'Whether it took what was sent is unknown: look with "petrov status" before you send it again.'
    : 'Nothing was changed by this command. See whether it runs.';
  return new CliError(`The controller at ${where} ${why}. ${outcome}`, 1, { cause: error });
}

async function readText(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer); // no encoding is set, so each is a buffer
  return Buffer.concat(parts).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // told by the caller, which knows what it asked for
  }
}
