// Where everything of a site lies: hosts, addresses, folders. Pure, and the same for every site: addresses can't clash,
// since each site has routers of its own.
import { join } from 'node:path';
import { type HostRecord, type MemberRecord, NETWORKS, type Network, type SetRecord, ZONES } from './record.ts';

export const POSTGRES_PORT = 5432;
/** A member's folder as its own host sees it. */
export const INSIDE = '/run/petrov';
const NETWORK_OCTET = { db: 71, mon: 72, app: 73 } as const satisfies Record<Network, number>;
const FIRST_WITNESS = 101;
const FIRST_CLIENT = 201;
const BALANCER = 202;
/** A path in sun_path has at most 107 bytes; the socket's own name and its lock file take some of them. */
const SOCKET_FOLDER_BYTES_MAX = 107 - '/.s.PGSQL.5432'.length;

export interface LayoutInput {
  readonly id: string;
  readonly folder: string;
  /** Where sockets go when the site's own folder is too deep for a unix socket's path. */
  readonly shortFolder: string;
  readonly sets: readonly Omit<SetRecord, 'members' | 'systemIdentifier'>[];
  readonly membersPerSet: number;
}

export interface Layout {
  readonly hosts: readonly HostRecord[];
  readonly sets: readonly SetRecord[];
  readonly outsideFolders: readonly string[];
}

export function layOut(input: LayoutInput): Layout {
  const sets = input.sets.map((set) => ({
    ...set,
    systemIdentifier: null,
    members: Array.from({ length: input.membersPerSet }, (_, index) => layOutMember(input, set.cluster, index)),
  }));
  const members = sets.flatMap((set) => set.members);
  const hosts = [
    ...NETWORKS.map((network) => host({ id: `router-${network}`, kind: 'router', zone: '' })),
    ...members.map((member, index) => ({
      ...host({ id: member.id, kind: 'member', zone: member.zone }, { number: index + 1, networks: NETWORKS }),
      binds: bindsOf(member),
    })),
    ...ZONES.map((zone, index) =>
      host({ id: `w-${zone}`, kind: 'witness', zone }, { number: FIRST_WITNESS + index, networks: ['mon'] }),
    ),
    host({ id: 'client', kind: 'client', zone: 'a' }, { number: FIRST_CLIENT, networks: ['app'] }),
    host({ id: 'balancer', kind: 'balancer', zone: 'a' }, { number: BALANCER, networks: ['app'] }),
  ];
  const isShort = members.some((member) => !member.socketFolder.startsWith(input.folder));
  return { hosts, sets, outsideFolders: isShort ? [input.shortFolder] : [] };
}

/** Where an address may move among the members of `app`; see `Site.openSegment`. */
export const FLOATING = { device: 'shared', prefix: `10.${NETWORK_OCTET.app}.250`, host: 1 } as const;

/** All addresses of one network. */
export function networkPrefix(network: Network): string {
  return `10.${NETWORK_OCTET[network]}.0.0/16`;
}

function layOutMember(input: LayoutInput, cluster: string, index: number): MemberRecord {
  const id = `${cluster}-${index + 1}`;
  const folder = join(input.folder, 'members', id);
  const own = join(folder, 'socket');
  return {
    id,
    zone: ZONES[index % ZONES.length] ?? 'a',
    builtAs: index === 0 ? 'primary' : 'standby',
    port: POSTGRES_PORT,
    slot: id.replaceAll('-', '_'),
    folder,
    socketFolder: Buffer.byteLength(own) <= SOCKET_FOLDER_BYTES_MAX ? own : join(input.shortFolder, id),
  };
}

function bindsOf(member: MemberRecord): HostRecord['binds'] {
  const folder = { from: member.folder, to: INSIDE };
  return member.socketFolder.startsWith(member.folder)
    ? [folder]
    : [folder, { from: member.socketFolder, to: `${INSIDE}/socket` }];
}

function host(
  who: Pick<HostRecord, 'id' | 'kind' | 'zone'>,
  place: { readonly number: number; readonly networks: readonly Network[] } = { number: 0, networks: [] },
): HostRecord {
  const wires: HostRecord['wires'] = {};
  for (const network of place.networks) {
    const prefix = `10.${NETWORK_OCTET[network]}.${place.number}`;
    wires[network] = { address: `${prefix}.2`, router: `${prefix}.1`, device: `h${place.number}` };
  }
  return { ...who, wires, binds: [], init: null, boot: [] };
}
