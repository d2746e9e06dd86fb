// Signing in and out from a browser. The cookie is set by the answer; no script ever sees it.
import { LinkSignIn, PasswordSignIn, Session } from '@petrov/core/wire';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { clearSessionCookie, setSessionCookie } from '../../auth/cookie.ts';
import { identityOfSession, type Identity } from '../../auth/identity.ts';
import { signInByLink, signInByPassword, type SignInAnswer, signOut } from '../../auth/sign-in.ts';
import { type ApiContext, type App, getIdentity } from '../context.ts';
import { ApiFault, notSignedIn } from '../errors.ts';
import { limitLink, limitPassword } from '../limits.ts';

export function addSessionRoutes(app: App, context: ApiContext): void {
  app.get('/session', { schema: { response: { 200: Session } } }, (request) =>
    viewSession(context, getIdentity(request)),
  );
  app.post(
    '/session/link',
    { schema: { body: LinkSignIn, response: { 200: Session } }, config: limitLink },
    async (request, reply) => enter(context, reply, await signInByLink(context.auth, request.body.token)),
  );
  app.post(
    '/session/password',
    { schema: { body: PasswordSignIn, response: { 200: Session } }, config: limitPassword },
    async (request, reply) => enter(context, reply, await signInByPassword(context.auth, request.body)),
  );
  app.delete('/session', { schema: { response: { 204: z.void() } } }, async (request, reply) => {
    if (request.identity !== null) await signOut(context.auth, request.identity);
    clearSessionCookie(reply, context.site());
    await reply.code(204).send();
  });
}

async function enter(context: ApiContext, reply: FastifyReply, answer: SignInAnswer): Promise<Session> {
  if (!answer.ok) throw new ApiFault(401, answer.code, answer.says);
  setSessionCookie(reply, context.site(), answer.token);
  const session = await context.auth.sessions.find(answer.token);
  if (session === undefined) throw notSignedIn();
  return viewSession(context, identityOfSession(session));
}

function viewSession({ deps }: ApiContext, identity: Identity): Session {
  const nowMs = deps.clock.nowMs();
  return {
    user: { id: identity.userId, name: identity.name, role: identity.role },
    signedInAtMs: identity.session?.signedInAtMs ?? nowMs,
    expiresAtMs: identity.session?.expiresAtMs ?? nowMs,
    hasSandbox: deps.config.sandboxSocket !== undefined,
    nowMs,
  };
}
