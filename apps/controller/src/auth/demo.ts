// Is this the controller of a sandbox that its own process built? Only then do the demo operator, faults and drills'
// scripts exist. A sandbox's controller that also guards a real cluster, or that listens to the network, isn't started.
import type { ControllerConfig } from '@petrov/core/wire';

const loopback = new Set(['localhost', '127.0.0.1', '::1']);

export function isLoopback(host: string): boolean {
  return loopback.has(host);
}

/** A sentence when the configuration mixes a sandbox with something real; undefined when all is well. */
export function findSandboxConflict(config: ControllerConfig): string | undefined {
  if (config.sandboxSocket === undefined) return undefined;
  const real = config.clusters.find((cluster) => cluster.environment !== 'sandbox');
  if (real !== undefined) {
    return (
      `sandboxSocket is set and cluster "${real.id}" is "${real.environment}": a demo operator and faults must not stand ` +
      `beside a real cluster. Take sandboxSocket out, or set the cluster's environment to sandbox.`
    );
  }
  if (!isLoopback(config.listen.host)) {
    return (
      `sandboxSocket is set and listen.host is "${config.listen.host}": a demo operator must not be reachable from the ` +
      `network. Set listen.host to 127.0.0.1.`
    );
  }
  return undefined;
}
