// What routes share: the dependencies, sign-in, the site's address, and who asks.
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Identity } from '../auth/identity.ts';
import type { Auth } from '../auth/sign-in.ts';
import type { ApiDeps } from './deps.ts';
import type { Deciding } from './decide.ts';
import { notSignedIn } from './errors.ts';
import type { Site } from './guard.ts';
import type { HistoryRing } from './history.ts';

export type ApiContext = {
  readonly deps: ApiDeps;
  readonly auth: Auth;
  readonly site: () => Site;
  readonly history: HistoryRing;
  readonly deciding: Deciding;
  readonly startedAtMs: number;
  /** Called after the sandbox was asked to break or heal something. */
  readonly sandboxChanged: () => void;
  readonly socketCount: () => number;
};

/** An instance whose routes are typed by their zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity | null;
  }
}

/** Throws a 401 where nobody is signed in. */
export function getIdentity(request: { readonly identity: Identity | null }): Identity {
  if (request.identity === null) throw notSignedIn();
  return request.identity;
}
