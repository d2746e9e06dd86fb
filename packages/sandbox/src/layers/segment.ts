// A shared segment: a bridge in a router with a port for each host, so that an address can move from host to host by ARP, as
// on a switch. Everything else of the sandbox is routed, and cuts are made there: they don't reach this segment. Devices
// vanish with either end's namespace.
import type { ProcessIdentity } from '../identity.ts';
import { run, runOk } from '../run.ts';
import { enterArgv } from './unshare.ts';

export interface Segment {
  readonly router: ProcessIdentity;
  /** The device's name at each host, and the bridge's at the router. */
  readonly device: string;
  /** The first three bytes of its addresses, a /24; the router is its .254. */
  readonly prefix: string;
}

/** Answers to a moved address leave by the segment they came from. */
const TABLE = 250;

export async function makeSegment({ router, device, prefix }: Segment): Promise<void> {
  await batch(router, [
    `link add ${device} type bridge`,
    `address add ${prefix}.254/24 dev ${device}`,
    `link set ${device} up`,
  ]);
}

/** `number`: of the host's port; no two hosts have the same. */
export async function joinSegment(segment: Segment, host: ProcessIdentity, number: number): Promise<void> {
  const { router, device, prefix } = segment;
  const port = portOf(segment, number);
  await runOk(['ip', '-batch', '-'], {
    input: `link add ${device} netns ${host.pid} type veth peer name ${port} netns ${router.pid}\n`,
  });
  await batch(router, [`link set ${port} master ${device}`, `link set ${port} up`]);
  await batch(host, [
    `link set ${device} up`,
    `route add default via ${prefix}.254 dev ${device} onlink table ${TABLE}`,
    `rule add from ${prefix}.0/24 lookup ${TABLE}`,
  ]);
}

/** The cable is pulled, and gone: a host that comes back joins anew. */
export async function leaveSegment(segment: Segment, number: number): Promise<void> {
  await run(enterArgv(segment.router, ['ip', 'link', 'delete', portOf(segment, number)], ['net'])); // it may be gone
}

function portOf({ device }: Segment, number: number): string {
  return `${device}${number}`;
}

async function batch(where: ProcessIdentity, lines: readonly string[]): Promise<void> {
  await runOk(enterArgv(where, ['ip', '-batch', '-'], ['net']), { input: `${lines.join('\n')}\n` });
}
