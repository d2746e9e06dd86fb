// The controller's own Postgres and Redis: those that the environment names, else embedded ones below the data folder.
import { join } from 'node:path';
import { startEmbeddedPostgres, startEmbeddedRedis } from '@petrov/sandbox';
import type { Undo } from './undo.ts';

export type Stores = { readonly databaseUrl: string; readonly redisUrl: string };
export type GivenStores = { readonly databaseUrl?: string | undefined; readonly redisUrl?: string | undefined };

export async function startStores(dataFolder: string, undo: Undo, given: GivenStores = {}): Promise<Stores> {
  const [databaseUrl, redisUrl] = await Promise.all([
    given.databaseUrl ?? startPostgres(join(dataFolder, 'postgres'), undo),
    given.redisUrl ?? startRedis(join(dataFolder, 'redis'), undo),
  ]);
  return { databaseUrl, redisUrl };
}

async function startPostgres(folder: string, undo: Undo): Promise<string> {
  const postgres = await startEmbeddedPostgres({ folder });
  undo.add("Petrov's own Postgres", () => postgres.stop(), 40_000);
  return postgres.url;
}

async function startRedis(folder: string, undo: Undo): Promise<string> {
  const redis = await startEmbeddedRedis({ folder });
  undo.add("Petrov's own Redis", () => redis.stop());
  return `unix:${redis.socketPath}`;
}
