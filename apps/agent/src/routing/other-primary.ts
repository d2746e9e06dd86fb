// Whether another member says that it's primary too. Asked before this host takes what only one may have: a veto, never a
// proof, so a member that can't be asked in time has none.
import type { AgentConfig } from '@petrov/core/wire';
import { askPeerById } from '../host/peers.ts';

/** So long a takeover waits at most for members that are gone. */
const WITHIN_MS = 300;

/** The first member that answers so; undefined when none does. */
export async function findOtherPrimary(config: AgentConfig): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const timer = setTimeout(() => resolve(undefined), WITHIN_MS);
  const asked = config.peers.map(async ({ id }) => {
    if ((await askPeerById(config, id))?.inRecovery === false) resolve(id);
  });
  void Promise.allSettled(asked).then(() => resolve(undefined));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
