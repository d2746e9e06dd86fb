// Reads the sources' streams in Redis on a connection of its own, from now on: what stood there before the start is old.
// Redis may vanish; reading goes on where it was when it's back.
import { setTimeout as delay } from 'node:timers/promises';
import { observationStream, SignedBatch } from '@petrov/core/wire';
import type { Redis } from '@petrov/runtime/redis';
import type { Logger } from 'pino';
import type { Intake } from './gather.ts';
import type { Hearing } from './hearing.ts';
import type { Source, Sources } from './sources.ts';

const BLOCK_MS = 1_000;
const AGAIN_MS = 200;

type Deps = {
  readonly redis: Redis;
  readonly sources: Sources;
  readonly take: Intake['take'];
  readonly hearing: Hearing;
  readonly log: Logger;
  readonly signal: AbortSignal;
};

/** Resolves when the signal is aborted. */
export async function readStreams(deps: Deps): Promise<void> {
  const places = new Map<string, { readonly source: Source; after: string | undefined }>();
  for (const source of deps.sources.values()) {
    if (source.kind !== 'agent') places.set(observationStream(source.id), { source, after: undefined });
  }
  if (places.size === 0) return;
  while (!deps.signal.aborted) {
    try {
      await readOnce(deps, places);
      deps.hearing.note(true);
    } catch (error) {
      if (deps.signal.aborted) return;
      deps.hearing.note(false);
      deps.log.debug({ err: error }, 'the streams could not be read: again soon');
      await delay(AGAIN_MS, undefined, { signal: deps.signal }).catch(() => undefined);
    }
  }
}

type Places = Map<string, { readonly source: Source; after: string | undefined }>;

async function readOnce(deps: Deps, places: Places): Promise<void> {
  for (const [stream, place] of places) place.after ??= await newestId(deps.redis, stream);
  const names = [...places.keys()];
  const ids = [...places.values()].map(({ after }) => after ?? '0');
  const answer = await deps.redis.xread('COUNT', 200, 'BLOCK', BLOCK_MS, 'STREAMS', ...names, ...ids);
  for (const [stream, entries] of answer ?? []) {
    const place = places.get(stream);
    if (!place) continue;
    for (const [id, fields] of entries) {
      place.after = id;
      const signed = SignedBatch.safeParse(pairs(fields));
      if (signed.success) deps.take(place.source, signed.data);
      else deps.log.warn({ source: place.source.id }, 'an entry of a stream is no signed batch');
    }
  }
}

/** `$` would be asked again with each read and lose what came in between. */
async function newestId(redis: Redis, stream: string): Promise<string> {
  const [newest] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1);
  return newest?.[0] ?? '0';
}

function pairs(fields: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let i = 0; i + 1 < fields.length; i += 2) record[fields[i] ?? ''] = fields[i + 1] ?? '';
  return record;
}
