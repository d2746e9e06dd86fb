// Speaks HTTP to the sandbox's control over its unix socket. Bounded in time and size; its own errors pass through.
import { request as httpRequest } from 'node:http';
import { ApiError } from '@petrov/core/wire';
import { ApiFault } from './errors.ts';

/** A fault waits for its own effect, so it may take a while. */
const WAIT_MS = 60_000;
const ANSWER_BYTES_MAX = 4 * 1_048_576;

export type SandboxRequest = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: unknown };

export async function askSandbox(socketPath: string, asked: SandboxRequest): Promise<unknown> {
  const { status, text } = await send(socketPath, asked).catch((error: Error) => {
    throw new ApiFault(
      503,
      'sandbox-unreachable',
      `The sandbox does not answer (${error.message}). The controller goes on. See whether it still runs: "petrov sandbox status".`,
    );
  });
  const answer = text === '' ? undefined : parse(text);
  if (status < 400) return answer;
  const failure = ApiError.safeParse(answer);
  if (!failure.success)
    throw new ApiFault(502, 'sandbox-failed', `The sandbox answered ${status}: ${text.slice(0, 300)}`);
  const { code, message, where } = failure.data.error;
  throw new ApiFault(status, code, message, where);
}

function send(socketPath: string, asked: SandboxRequest): Promise<{ readonly status: number; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const body = asked.body === undefined ? undefined : JSON.stringify(asked.body);
  const headers =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const signal = AbortSignal.timeout(WAIT_MS);
  const request = httpRequest({ socketPath, method: asked.method, path: asked.path, headers, signal }, (response) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    response.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > ANSWER_BYTES_MAX) response.destroy(new Error('its answer is too large'));
      else parts.push(part);
    });
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 500, text: Buffer.concat(parts).toString('utf8') }),
    );
    response.on('error', reject);
  });
  request.on('error', reject);
  request.end(body);
  return promise;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // told by the caller with the text itself
  }
}
