// A Redis client for a URL or the path of a unix socket. It reconnects with a bounded backoff, queues nothing while it's
// away (a command fails at once), and every command has a deadline. Redis may vanish at any time: callers go on.
import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';

export type { Redis } from 'ioredis';

export type RedisSettings = {
  /** `redis://…`, `rediss://…`, `unix:/path` or `/path/to/socket`. */
  readonly url: string;
  readonly name: string;
  readonly log: Logger;
  /** Deadline of every command, default 2 s; longer than its BLOCK where one blocks; `null` (BullMQ): none. */
  readonly commandTimeoutMs?: number | null;
  /** BullMQ wants `null`: a command is tried until the connection is back. Default: fail on the first break. */
  readonly maxRetriesPerRequest?: number | null;
  /** Default false: a command while disconnected fails at once. */
  readonly offlineQueue?: boolean;
};

export function createRedis(settings: RedisSettings): Redis {
  const options: Omit<RedisOptions, 'replyMapping'> = {
    connectionName: settings.name,
    connectTimeout: 2_000,
    enableOfflineQueue: settings.offlineQueue ?? false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: settings.maxRetriesPerRequest === undefined ? 0 : settings.maxRetriesPerRequest,
    ...(settings.commandTimeoutMs === null ? {} : { commandTimeout: settings.commandTimeoutMs ?? 2_000 }),
    retryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 5), 2_000),
  };
  const path = socketPath(settings.url);
  const redis = path === undefined ? new Redis(settings.url, options) : new Redis({ ...options, path });
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) settings.log.warn({ err: error, redis: settings.name }, 'redis is away');
    away = true;
  });
  redis.on('ready', () => {
    if (away) settings.log.info({ redis: settings.name }, 'redis is back');
    away = false;
  });
  return redis;
}

/** Where the socket is when `url` means one. */
export function socketPath(url: string): string | undefined {
  if (url.startsWith('unix:')) return url.replace(/^unix:(\/\/)?/, '');
  return url.startsWith('/') ? url : undefined;
}
