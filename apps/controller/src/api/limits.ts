// How often one address may try to sign in, and one person may decide. A script that guesses meets the first, a stuck
// key the second; a person meets neither.
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { ApiFault } from './errors.ts';

export const limitPassword = { rateLimit: { max: 10, timeWindow: 60_000 } };
/** A link's token can't be guessed; the limit only keeps the record from being flooded. */
export const limitLink = { rateLimit: { max: 60, timeWindow: 60_000 } };
export const limitDecision = { rateLimit: { max: 30, timeWindow: 60_000 } };

export async function installLimits(app: FastifyInstance): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { after }) =>
      new ApiFault(
        429,
        'too-many-requests',
        `Too many attempts from here. Nothing was changed by this one. Try again in ${after}.`,
      ),
  });
}
