// Brings hosts up: an init with its namespaces, then the wires to the routers of its networks.
import { SandboxError } from '../errors.ts';
import { isAlive, type ProcessIdentity } from '../identity.ts';
import { installFirewall } from '../layers/firewall.ts';
import { enableForwarding, type Link, wire } from '../layers/netns.ts';
import type { Segment } from '../layers/segment.ts';
import { startInit } from '../layers/unshare.ts';
import { getInit, listMembers } from './access.ts';
import { FLOATING, networkPrefix } from './layout.ts';
import type { RecordFile } from './record-file.ts';
import { type HostRecord, NETWORKS, type SiteRecord } from './record.ts';

/** On record before it goes on; the second of two that bring up one host at the same time fails. */
export async function startHost(file: RecordFile, host: HostRecord): Promise<void> {
  await startInit({
    hostname: host.id,
    binds: host.binds,
    onPid: async (init) => {
      await file.update((now) => ({
        ...now,
        hosts: now.hosts.map((other) => (other.id === host.id ? take(other, init) : other)),
      }));
    },
  });
}

function take(host: HostRecord, init: ProcessIdentity): HostRecord {
  if (host.init !== null && isAlive(host.init)) throw new SandboxError('running', `host ${host.id} is up already`);
  return { ...host, init };
}

export async function connectAll(record: SiteRecord): Promise<void> {
  await wire(record.hosts.flatMap((host) => linksOf(record, host)));
  await Promise.all(
    NETWORKS.map(async (network) => {
      const router = getInit(record, `router-${network}`);
      await enableForwarding(router);
      await installFirewall(router);
    }),
  );
}

/** The member's place on the segment of `app`; undefined while there is none. */
export function portOf(record: SiteRecord, memberId: string): { segment: Segment; number: number } | undefined {
  if (!record.hasSegment) return undefined;
  const { device, prefix } = FLOATING;
  const number = listMembers(record).findIndex(({ member }) => member.id === memberId) + 1;
  return { segment: { router: getInit(record, 'router-app'), device, prefix }, number };
}

export function linksOf(record: SiteRecord, host: HostRecord): readonly Link[] {
  return NETWORKS.flatMap((network): readonly Link[] => {
    const ends = host.wires[network];
    if (ends === undefined || host.init === null) return [];
    const near = { init: host.init, address: ends.address };
    const far = { init: getInit(record, `router-${network}`), address: ends.router, device: ends.device };
    return [{ network, prefix: networkPrefix(network), host: near, router: far }];
  });
}
