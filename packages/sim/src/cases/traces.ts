// The repository's own traces, for tests: read from their files, and played through `replay` as the command line does it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { PolicyInput } from '@petrov/core/cluster';
import { replay, type ReplayLine } from '@petrov/core/engine';

export const tracesFolder = new URL('../../../core/traces/', import.meta.url);

export function readTrace(name: string): string[] {
  return gunzipSync(readFileSync(new URL(`${name}.jsonl.gz`, tracesFolder)))
    .toString()
    .split('\n');
}

export function playTrace(lines: readonly string[], policy?: PolicyInput): ReplayLine[] {
  return [...replay(lines, { ...outside, policy })];
}

const outside = {
  hash: (text: string) => createHash('sha256').update(text).digest('hex'),
  parseAtMs: Date.parse,
  toIso: (ms: number) => new Date(ms).toISOString(),
};
