// HTTP with JSON over a unix socket: how a rig speaks to its controller's admin socket. Every answer is parsed; a refusal
// is an error that carries the server's own code and sentence.
import { request as httpRequest } from 'node:http';
import { ApiError } from '@petrov/core/wire';
import type { z } from 'zod';
import { DrillError } from '../errors.ts';

export class ApiRefused extends Error {
  override readonly name = 'ApiRefused';
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export type ApiClient = {
  readonly get: <S extends z.ZodType>(path: string, schema: S) => Promise<z.output<S>>;
  readonly post: <S extends z.ZodType>(path: string, body: unknown, schema: S) => Promise<z.output<S>>;
};

type Settings = {
  readonly socketPath: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
};

/** Paths are below `/api/v1`. */
export function createApiClient(settings: Settings): ApiClient {
  return {
    get: async (path, schema) => schema.parse(await ask(settings, 'GET', path)),
    post: async (path, body, schema) => schema.parse(await ask(settings, 'POST', path, JSON.stringify(body))),
  };
}

async function ask(settings: Settings, method: string, path: string, body?: string): Promise<unknown> {
  const { status, text } = await send(settings, method, path, body);
  if (status < 400) return text === '' ? undefined : (JSON.parse(text) as unknown);
  const failure = ApiError.safeParse(tryParse(text));
  if (failure.success) throw new ApiRefused(status, failure.data.error.code, failure.data.error.message);
  throw new DrillError('bad-answer', `${method} ${path} was answered ${status}: ${text.slice(0, 300)}`);
}

function send(settings: Settings, method: string, path: string, body?: string) {
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly status: number; readonly text: string }>();
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const request = httpRequest(
    {
      socketPath: settings.socketPath,
      method,
      path: `/api/v1${path}`,
      headers: {
        ...settings.headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...length,
      },
      signal: AbortSignal.timeout(settings.timeoutMs ?? 10_000),
    },
    (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode ?? 500, text: Buffer.concat(parts).toString() }));
      response.on('error', reject);
    },
  );
  request.on('error', reject);
  request.end(body);
  return promise;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // told by the caller with the text itself
  }
}
