// The door at which a witness tells its peers its id: they know then that they reach it. It hears nothing.
import { createServer, type Server } from 'node:net';

const OPEN_MAX = 64;
const HOLD_MS = 1_000;

export async function openDoor(id: string, at: { host: string; port: number }): Promise<Server> {
  const server = createServer((socket) => {
    socket.setTimeout(HOLD_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.end(`${id}\n`, () => socket.destroySoon());
  });
  server.maxConnections = OPEN_MAX;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(at.port, at.host, () => resolve());
  await promise;
  return server;
}
