// The server that browsers see: guard, session, limits, routes, console.
import type { AddressInfo } from 'node:net';
import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import fastifyCookie from '@fastify/cookie';
import { readSessionCookie } from '../auth/cookie.ts';
import { isLoopback } from '../auth/demo.ts';
import { type Identity, identityOfSession } from '../auth/identity.ts';
import { installConsole, isNavigation, sendConsolePage } from './console-files.ts';
import type { ApiContext, App } from './context.ts';
import type { ApiDeps } from './deps.ts';
import { ApiFault, installErrors } from './errors.ts';
import { installGuard } from './guard.ts';
import { installLimits } from './limits.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addSessionRoutes } from './routes/session.ts';
import { addSharedRoutes } from './routes/index.ts';

const BODY_BYTES_MAX = 65_536;
const REQUEST_WAIT_MS = 30_000;
const PORTS_TRIED = 20;

/** Both servers are made alike: JSON only, bounded, zod at the border. */
export function makeServer(deps: ApiDeps): App {
  const isBehindProxy = deps.config.publicUrl?.startsWith('https:') === true && isLoopback(deps.config.listen.host);
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_WAIT_MS,
    trustProxy: isBehindProxy ? 'loopback' : false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 120 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('identity', null);
  return app;
}

export async function makeWeb(context: ApiContext): Promise<FastifyInstance> {
  const { deps } = context;
  const app = makeServer(deps);
  installErrors(app, deps.log, async (request, reply) => {
    if (!isNavigation(request)) return false;
    await sendConsolePage(reply, deps.consoleFolder);
    return true;
  });
  installGuard(app, context.site);
  app.addHook('onRequest', async (request) => {
    request.identity = await identifyBrowser(context, request);
  });
  await app.register(fastifyCookie);
  await installLimits(app);
  await app.register(
    async (api: App) => {
      addSessionRoutes(api, context);
      addSharedRoutes(api, context);
    },
    { prefix: '/api/v1' },
  );
  addHealthRoutes(app, context);
  await installConsole(app, deps.consoleFolder);
  await app.ready();
  return app;
}

/** The console's files need nobody; and what reports on the store must answer without it. */
async function identifyBrowser({ auth, site }: ApiContext, request: FastifyRequest): Promise<Identity | null> {
  const token = readSessionCookie(request.raw, site());
  if (token === undefined || !/^\/(api\/|metrics)/.test(request.url)) return null;
  const session = await auth.sessions.find(token).catch((error: Error) => {
    throw new ApiFault(
      503,
      'store-unavailable',
      `Petrov's own store does not answer, so nobody can be signed in (${error.message}). Nothing was changed, and nothing is decided until it is back. "petrov status" on the controller's host still shows what is.`,
    );
  });
  return session === undefined ? null : identityOfSession(session);
}

/** A port that is taken isn't an error: the next free one is taken, and said. 0 asks the system for one. */
export async function listenOnFreePort(app: FastifyInstance, { config, log }: ApiDeps): Promise<number> {
  const { host, port } = config.listen;
  for (let tried = 0; ; tried += 1) {
    try {
      await app.listen({ host, port: port === 0 ? 0 : port + tried });
      const address = app.server.address() as AddressInfo; // it listens on TCP, so it's never a path
      if (tried > 0)
        log.warn({ port, taken: address.port }, 'the port is taken by another program: the next free one is used');
      return address.port;
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!isTaken || port === 0 || tried >= PORTS_TRIED || port + tried >= 65_535) throw error;
    }
  }
}
