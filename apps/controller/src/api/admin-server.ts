// The server that terminals of this host see, on a unix socket that only its owner can open.
import { once } from 'node:events';
import { rm, stat } from 'node:fs/promises';
import net from 'node:net';
import type { FastifyInstance } from 'fastify';
import { identifyTerminal } from './admin-identity.ts';
import type { ApiContext, App } from './context.ts';
import { installErrors } from './errors.ts';
import { addAdminRoutes } from './routes/admin.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addSharedRoutes } from './routes/index.ts';
import { makeServer } from './web-server.ts';

/** Returns how to close it. */
export async function startAdmin(context: ApiContext): Promise<() => Promise<void>> {
  const { deps } = context;
  const app = makeServer(deps);
  installErrors(app, deps.log, () => Promise.resolve(false));
  app.addHook('onRequest', (request, _reply, done) => {
    request.identity = identifyTerminal(request, deps);
    done();
  });
  await app.register(
    async (api: App) => {
      addSharedRoutes(api, context);
      addAdminRoutes(api, context);
    },
    { prefix: '/api/v1' },
  );
  addHealthRoutes(app, context);
  await app.ready();
  await clearStaleSocket(deps.adminSocket);
  await listenPrivately(app, deps.adminSocket);
  return async () => {
    app.server.closeAllConnections();
    await app.close();
  };
}

/** Never open to others, not for a moment: the socket is bound within the call, under a umask that makes it 0600. */
async function listenPrivately(app: FastifyInstance, path: string): Promise<void> {
  const before = process.umask(0o177);
  app.server.listen(path);
  process.umask(before);
  await once(app.server, 'listening');
}

/** What a killed controller left behind; one that answers belongs to a controller that runs. */
async function clearStaleSocket(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket())
    throw new Error(`${path} is not a socket: the admin socket can't be made there. Move it away.`);
  if (await isAnswered(path)) {
    throw new Error(
      `Another controller runs and listens at ${path}. Stop it first, or give this one a data folder of its own.`,
    );
  }
  await rm(path);
}

function isAnswered(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = net.connect(path);
  probe.on('connect', () => {
    probe.destroy();
    resolve(true);
  });
  probe.on('error', () => resolve(false));
  return promise;
}
