// For machines: /healthz tells whether this controller can do its work, /metrics its gauges. Neither changes anything.
import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiContext } from '../context.ts';
import { notSignedIn } from '../errors.ts';
import { checkHealth } from '../health.ts';
import { renderMetrics } from '../metrics.ts';

export function addHealthRoutes(app: FastifyInstance, context: ApiContext): void {
  app.get('/healthz', async (_request, reply) => {
    const { isAble, store, redis } = await checkHealth(context.deps);
    return await reply
      .code(isAble ? 200 : 503)
      .send({ ok: isAble, store: store === 'ready' ? store : 'unreachable', redis });
  });
  app.get('/metrics', async (request, reply) => {
    if (request.identity === null && !isDirectFromHere(request)) throw notSignedIn();
    return await reply.type('text/plain; version=0.0.4; charset=utf-8').send(await renderMetrics(context));
  });
}

/** From this host itself and through no proxy: names of clusters are nobody else's business. */
function isDirectFromHere(request: FastifyRequest): boolean {
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const isLocal = isIP(address) === 0 || address === '127.0.0.1' || address === '::1';
  return isLocal && request.headers['x-forwarded-for'] === undefined && request.headers['forwarded'] === undefined;
}
