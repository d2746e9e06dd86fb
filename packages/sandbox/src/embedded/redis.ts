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
  /** Ends the server, with all that is in it, and leaves the rest as it is. */
  pause(): Promise<void>;
  /** Starts it again, empty. */
  resume(): Promise<void>;
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
  const start = async (): Promise<void> => {
    await runOk(daemon.enter(asUser(user, ['redis-server', ...flags])), { timeoutMs: 20_000 });
    await waitFor(() => ping(socketPath), { what: `Redis at ${socketPath} to answer`, timeoutMs: 10_000 });
  };
  try {
    await start();
  } catch (error) {
    await daemon.end();
    throw new SandboxError('no-redis', sayNotStarted('Redis', join(daemon.folder, 'redis.log'), error), error);
  }
  const pause = async (): Promise<void> => {
    await ask(socketPath, 'SHUTDOWN NOSAVE').catch(() => undefined); // it answers by being gone
    const isGone = async (): Promise<boolean> => !(await ping(socketPath).catch(() => false));
    await waitFor(isGone, { what: `Redis at ${socketPath} to end`, timeoutMs: 10_000 });
  };
  return { socketPath, pause, resume: start, stop: daemon.end };
}

async function ping(path: string): Promise<boolean> {
  return (await ask(path, 'PING')).startsWith('+PONG');
}

function ask(path: string, command: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(path);
  socket.setTimeout(1_000, () => socket.destroy(new Error(`no answer to ${command}`)));
  socket.on('connect', () => socket.write(`${command}\r\n`));
  socket.on('data', (answer: Buffer) => {
    socket.end();
    resolve(answer.toString());
  });
  socket.on('error', reject);
  socket.on('close', () => reject(new Error(`no answer to ${command}`)));
  return promise;
}
