// Who is at the admin socket. Only the socket's owner can open it (mode 0600), so whoever asks has that user's rights on
// this host; the name is what the terminal says of itself, for the record.
import { userInfo } from 'node:os';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Identity } from '../auth/identity.ts';
import type { ApiDeps } from './deps.ts';
import { ApiFault } from './errors.ts';

const Name = z.string().regex(/^[\w.@-]{1,64}$/);

export function identifyTerminal(request: FastifyRequest, deps: ApiDeps): Identity {
  const said = Name.safeParse(request.headers['x-petrov-user']);
  const user = said.success ? said.data : userInfo().username;
  const scenario = Name.safeParse(request.headers['x-petrov-drill']);
  if (scenario.success) return identifyDrill(scenario.data, said.data, deps);
  return {
    userId: `os:${user}`,
    name: user,
    role: 'approver',
    via: 'cli',
    proof: { kind: 'terminal', osUser: userInfo().username, atMs: deps.clock.nowMs() },
  };
}

/** What takes two people takes two names of a script's. */
function identifyDrill(scenario: string, said: string | undefined, deps: ApiDeps): Identity {
  if (deps.config.sandboxSocket === undefined) {
    throw new ApiFault(
      403,
      'drill-proof-outside-sandbox',
      'A drill’s script decides in a sandbox only, and this controller has none. Nothing was changed.',
    );
  }
  return {
    userId: said === undefined ? 'drill' : `drill:${said}`,
    name: `script of the drill ${scenario}${said === undefined ? '' : `, as ${said}`}`,
    role: 'approver',
    via: 'drill',
    proof: { kind: 'drill', scenario },
  };
}
