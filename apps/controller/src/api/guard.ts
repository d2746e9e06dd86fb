// What every request from a browser must pass before a route sees it: a Host that is ours (against DNS rebinding), an
// origin that is ours for anything that changes something (against forged requests), and the headers of each answer.
import type { ControllerConfig } from '@petrov/core/wire';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { ApiFault } from './errors.ts';

export type Site = {
  /** What people type; sign-in links begin with it. */
  readonly url: string;
  readonly isHttps: boolean;
  readonly port: number;
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
};

const csp = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'";

export function makeSite(config: ControllerConfig, port: number): Site {
  const local = [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
  const given = config.publicUrl === undefined ? undefined : new URL(config.publicUrl);
  const hosts = ['localhost', '127.0.0.1', ...(given === undefined ? [] : [given.hostname])];
  return {
    url: given?.origin ?? `http://localhost:${port}`,
    isHttps: given?.protocol === 'https:',
    port,
    hosts: new Set(hosts),
    origins: new Set([...local, ...(given === undefined ? [] : [given.origin])]),
  };
}

export function installGuard(app: FastifyInstance, site: () => Site): void {
  app.addHook('onRequest', async (request, reply) => {
    const { isHttps } = site();
    void reply.headers({
      'content-security-policy': csp,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
      ...(isHttps ? { 'strict-transport-security': 'max-age=31536000' } : {}),
    });
    if (!isHostOurs(request.raw, site())) throw hostRefused(request);
    if (!isSafe(request.method) && !isFromOurPages(request.raw, site())) {
      throw new ApiFault(
        403,
        'wrong-origin',
        'This request did not come from the console’s own pages. Nothing was changed. Open the console at its own ' +
          'address; from a terminal use "petrov" on the controller’s host.',
      );
    }
  });
}

export function isHostOurs(request: IncomingMessage, site: Site): boolean {
  const host = request.headers.host ?? '';
  return site.hosts.has(host.replace(/:\d+$/, '').toLowerCase());
}

/** Fetch metadata first; an Origin, where there is one, must be ours; neither is a refusal. */
export function isFromOurPages(request: IncomingMessage, site: Site): boolean {
  const { origin } = request.headers;
  const fetchSite = request.headers['sec-fetch-site'];
  if (fetchSite !== undefined && fetchSite !== 'same-origin') return false;
  if (origin !== undefined) return site.origins.has(origin);
  return fetchSite === 'same-origin';
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function hostRefused(request: FastifyRequest): ApiFault {
  return new ApiFault(
    403,
    'host-not-allowed',
    `This controller does not answer to the name "${request.headers.host ?? ''}". Nothing was changed. Use its ` +
      'configured address (publicUrl), or localhost on its own host.',
  );
}
