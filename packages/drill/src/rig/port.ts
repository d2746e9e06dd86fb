// Which TCP port the console gets: the wanted one, or the next that nobody holds.
import { createServer } from 'node:net';
import { DrillError } from '../errors.ts';

const TRIED_MAX = 50;

/** 0 asks for any free one. */
export async function findFreePort(wanted: number): Promise<number> {
  if (wanted === 0) return await tryPort(0);
  for (let port = wanted; port < wanted + TRIED_MAX && port <= 65_535; port += 1) {
    try {
      return await tryPort(port);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    }
  }
  throw new DrillError(
    'no-port',
    `the ports ${wanted} to ${wanted + TRIED_MAX - 1} are all taken: name one with --port`,
  );
}

async function tryPort(port: number): Promise<number> {
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen({ port, host: '127.0.0.1' }, () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
  });
  return await promise;
}
