// A throw-away Redis on a unix socket.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';

export type TestRedis = { readonly url: string; readonly pid: number; end(): Promise<void> };

export async function startTestRedis(): Promise<TestRedis> {
  const folder = mkdtempSync('/tmp/petrov-redis-');
  const socket = join(folder, 'redis.sock');
  const args = ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn('redis-server', args, { stdio: 'ignore' });
  await appears(folder, socket, child);
  return {
    url: `unix:${socket}`,
    pid: child.pid ?? 0,
    end: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function appears(folder: string, file: string, child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const watcher = watch(folder, () => existsSync(file) && resolve());
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
  const timer = setTimeout(() => reject(new Error('redis-server did not open its socket within 10 s')), 10_000);
  if (existsSync(file)) resolve();
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}
