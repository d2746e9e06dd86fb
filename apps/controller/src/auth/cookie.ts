// The session's cookie: unseen by scripts, never sent from another site. Browsers share cookies between the ports of one
// host, so on plain localhost the name holds the port.
import { type CookieSerializeOptions, fastifyCookie } from '@fastify/cookie';
import type { FastifyReply } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Site } from '../api/guard.ts';
import { SESSION_ABSOLUTE_MS } from './sessions.ts';

export function setSessionCookie(reply: FastifyReply, site: Site, token: string): void {
  void reply.setCookie(nameOf(site), token, { ...options(site), maxAge: SESSION_ABSOLUTE_MS / 1_000 });
}

export function clearSessionCookie(reply: FastifyReply, site: Site): void {
  void reply.clearCookie(nameOf(site), options(site));
}

/** From the raw header, so that routes and socket handshakes read it alike. */
export function readSessionCookie(request: IncomingMessage, site: Site): string | undefined {
  return fastifyCookie.parse(request.headers.cookie ?? '')[nameOf(site)];
}

function nameOf(site: Site): string {
  return site.isHttps ? '__Host-petrov' : `petrov-${site.port}`;
}

function options(site: Site): CookieSerializeOptions {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: site.isHttps };
}
