// The controller's own Redis when no REDIS_URL is given: wake-ups and live updates only, so nothing is kept on disk.
import { connect } from 'node:net';
import { join } from 'node:path';
import { SandboxError } from '../errors.ts';
import { asUser, findDatabaseUser } from '../layers/user.ts';
import { runOk } from '../run.ts';
import { waitFor } from '../wait.ts';
import { DAEMON_INSIDE, sayNotStarted, startDaemon } from './daemon.ts';
import type { EmbeddedOptions } from './postgres.ts';

export interface EmbeddedRedis {
  readonly socketPath: string;
  stop(): Promise<void>;
}

const SOCKET = 'redis.sock';

export async function startEmbeddedRedis(options: EmbeddedOptions): Promise<EmbeddedRedis> {
  const user = findDatabaseUser();
  const daemon = await startDaemon({ folder: options.folder, name: 'petrov-redis', socketName: SOCKET, user });
  const socketPath = join(daemon.socketFolder, SOCKET);
  const settings: readonly (readonly [string, string])[] = [
    ['port', '0'],
    ['unixsocket', `${DAEMON_INSIDE}/socket/${SOCKET}`],
    ['unixsocketperm', '700'],
    ['save', ''],
    ['appendonly', 'no'],
    ['dir', DAEMON_INSIDE],
    ['logfile', `${DAEMON_INSIDE}/redis.log`],
    ['daemonize', 'yes'],
  ];
  const flags = settings.flatMap(([name, value]) => [`--${name}`, value]);
  try {
    await runOk(daemon.enter(asUser(user, ['redis-server', ...flags])), { timeoutMs: 20_000 });
    await waitFor(() => ping(socketPath), { what: `Redis at ${socketPath} to answer`, timeoutMs: 10_000 });
  } catch (error) {
    await daemon.end();
    throw new SandboxError('no-redis', sayNotStarted('Redis', join(daemon.folder, 'redis.log'), error), error);
  }
  return { socketPath, stop: daemon.end };
}

function ping(path: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const socket = connect(path);
  socket.setTimeout(1_000, () => socket.destroy(new Error('no answer to PING')));
  socket.on('connect', () => socket.write('PING\r\n'));
  socket.on('data', (answer: Buffer) => {
    socket.end();
    resolve(answer.toString().startsWith('+PONG'));
  });
  socket.on('error', reject);
  return promise;
}
