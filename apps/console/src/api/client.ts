// Talks to the controller's REST under /api/v1. A failure always carries a sentence for a person; every request ends.
import type { ApiError } from '@petrov/core/wire';

const REQUEST_TIMEOUT_MS = 15_000;

export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ApiFailure';
    this.status = status;
    this.code = code;
  }
}

export function getJson<T>(path: string): Promise<T> {
  return send<T>('GET', path, undefined);
}

export function postJson<T>(path: string, body: unknown): Promise<T> {
  return send<T>('POST', path, body);
}

export function deleteJson(path: string): Promise<unknown> {
  return send<unknown>('DELETE', path, undefined);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function send<T>(method: string, path: string, body: unknown): Promise<T> {
  const response = await reach(path, {
    method,
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : parseJson(text);
  if (response.ok) return answer as T; // the server's own schemas made it
  const failure = (answer as Partial<ApiError> | undefined)?.error;
  throw new ApiFailure(response.status, failure?.code ?? 'unexpected', failure?.message ?? unexpected(response.status));
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`/api/v1${path}`, init);
  } catch {
    throw new ApiFailure(
      0,
      'unreachable',
      'The controller did not answer. Nothing was promoted by this page. Check the network, then try again.',
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function unexpected(status: number): string {
  return `The controller answered with HTTP ${status} and no explanation. Nothing was changed by this page; its log says more.`;
}
