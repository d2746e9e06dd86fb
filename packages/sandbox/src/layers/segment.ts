// A shared segment: a bridge in a router with a port for each host, so that an address can move from host to host by ARP, as
// on a switch. Everything else of the sandbox is routed. Devices vanish with either end's namespace.
import type { ProcessIdentity } from '../identity.ts';
import { runOk } from '../run.ts';
import { enterArgv } from './unshare.ts';

export interface Segment {
  /** The device's name at each host, and the bridge's at the router. */
  readonly device: string;
  /** The first three bytes of its addresses, a /24; the router is its .254. */
  readonly prefix: string;
  readonly hosts: readonly ProcessIdentity[];
}

/** Answers to a moved address leave by the segment they came from. */
const TABLE = 250;

export async function makeSegment(router: ProcessIdentity, segment: Segment): Promise<void> {
  const { device, prefix, hosts } = segment;
  const gateway = `${prefix}.254`;
  const port = (index: number): string => `${device}${index + 1}`;
  await batch(router, [
    `link add ${device} type bridge`,
    `address add ${gateway}/24 dev ${device}`,
    `link set ${device} up`,
  ]);
  const pairs = hosts.map(
    (host, index) => `link add ${device} netns ${host.pid} type veth peer name ${port(index)} netns ${router.pid}`,
  );
  await runOk(['ip', '-batch', '-'], { input: `${pairs.join('\n')}\n` });
  await batch(
    router,
    hosts.flatMap((_, index) => [`link set ${port(index)} master ${device}`, `link set ${port(index)} up`]),
  );
  await Promise.all(
    hosts.map((host) =>
      batch(host, [
        `link set ${device} up`,
        `route add default via ${gateway} dev ${device} onlink table ${TABLE}`,
        `rule add from ${prefix}.0/24 lookup ${TABLE}`,
      ]),
    ),
  );
}

async function batch(where: ProcessIdentity, lines: readonly string[]): Promise<void> {
  await runOk(enterArgv(where, ['ip', '-batch', '-'], ['net']), { input: `${lines.join('\n')}\n` });
}
