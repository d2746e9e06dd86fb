// An agent: watches its host, asks for commands, acts when they're the engine's. It listens on nothing but, where
// its own file asks for it, for the checks of load balancers.
import type { AgentConfig } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import type { Logger } from '@petrov/runtime/log';
import { newId } from '@petrov/runtime/random';
import { resolveSecret } from '@petrov/runtime/secrets';
import type { Shutdown } from '@petrov/runtime/shutdown';
import { createSigner, createVerifier } from '@petrov/runtime/signing';
import { HostWatch } from './host/host-watch.ts';
import { Lease } from './lease/lease.ts';
import { LoginWatch } from './logins/login-watch.ts';
import { Progress } from './progress.ts';
import { CommandLoop } from './protocol/command-loop.ts';
import { ControllerLink } from './protocol/controller-link.ts';
import { finishSwap } from './rejoin/swap.ts';
import { Routing } from './routing/routing.ts';
import { AgentState } from './state/agent-state.ts';

export function startAgent(
  config: AgentConfig,
  { clock, log, shutdown }: { clock: Clock; log: Logger; shutdown: Shutdown },
): void {
  const signer = createSigner(resolveSecret(config.key).reveal());
  const link = new ControllerLink(config.controller, `agent:${config.member}`, signer);
  const bootId = newId('boot');
  const host = { config, state: new AgentState(config.stateDirectory), clock, log, progress: new Progress(clock) };
  const unfinished = host.state.unfinished();
  if (unfinished?.verb === 'clone') finishSwap(config.dataDirectory, unfinished); // without it there's no server to watch
  const engine = createVerifier(config.enginePublicKey);
  const routing = new Routing(host);
  const logins = new LoginWatch(host);
  const readMore = () => ({ routing: routing.facts(), acting: host.progress.facts(), logins: logins.facts() });
  const watch = new HostWatch(host, { link, bootId, readMore });
  const loop = new CommandLoop({
    host,
    link,
    engine,
    bootId,
    onLook: (nonce) => watch.look(nonce),
    aroundFence: (act) => routing.aroundFence(act),
  });
  const lease = config.lease === undefined ? undefined : new Lease(host, link, config.lease.afterMs);
  if (lease) shutdown.add('lease', () => lease.end());
  shutdown.add('host watch', () => watch.end());
  shutdown.add('logins', () => logins.end());
  shutdown.add('commands', () => loop.end());
  shutdown.add('routing', () => routing.end()); // ends first: clients go elsewhere before anything else stops
  routing.start();
  watch.start();
  logins.start();
  lease?.start();
  loop.start();
  log.info({ agent: config.member, cluster: config.cluster, allow: config.allow }, 'watching this host');
}
