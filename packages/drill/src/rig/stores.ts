// The controller's own Postgres and Redis: those that the environment names, else embedded ones below the data folder.
import { join } from 'node:path';
import { type EmbeddedPostgres, type EmbeddedRedis, startEmbeddedPostgres, startEmbeddedRedis } from '@petrov/sandbox';
import { DrillError } from '../errors.ts';
import type { Undo } from './undo.ts';

export type Stores = {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Absent where the environment names another. */
  readonly postgres?: EmbeddedPostgres | undefined;
  readonly redis?: EmbeddedRedis | undefined;
};
export type GivenStores = { readonly databaseUrl?: string | undefined; readonly redisUrl?: string | undefined };

export async function startStores(dataFolder: string, undo: Undo, given: GivenStores = {}): Promise<Stores> {
  const [postgres, redis] = await Promise.all([
    given.databaseUrl === undefined ? startPostgres(join(dataFolder, 'postgres'), undo) : undefined,
    given.redisUrl === undefined ? startRedis(join(dataFolder, 'redis'), undo) : undefined,
  ]);
  const redisUrl = redis === undefined ? (given.redisUrl ?? '') : `unix:${redis.socketPath}`;
  return { databaseUrl: postgres?.url ?? given.databaseUrl ?? '', redisUrl, postgres, redis };
}

export function getOwnPostgres({ postgres }: Stores): EmbeddedPostgres {
  if (postgres !== undefined) return postgres;
  throw new DrillError('not-ours', "the controller's Postgres was not started here: it is left alone");
}

export function getOwnRedis({ redis }: Stores): EmbeddedRedis {
  if (redis !== undefined) return redis;
  throw new DrillError('not-ours', "the controller's Redis was not started here: it is left alone");
}

async function startPostgres(folder: string, undo: Undo): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ folder });
  undo.add("Petrov's own Postgres", () => postgres.stop(), 40_000);
  return postgres;
}

async function startRedis(folder: string, undo: Undo): Promise<EmbeddedRedis> {
  const redis = await startEmbeddedRedis({ folder });
  undo.add("Petrov's own Redis", () => redis.stop());
  return redis;
}
