// The wiring between network namespaces: each host has one veth pair to the router of each network that it is on.
// Routed, not bridged, so that a refusing cut (reset) and a cut of one direction work.
import type { ProcessIdentity } from '../identity.ts';
import { run, runOk } from '../run.ts';
import { waitFor } from '../wait.ts';
import { enterArgv } from './unshare.ts';

export interface Link {
  readonly network: string;
  /** The other networks' prefix, reached through the router, e.g. 10.71.0.0/16. */
  readonly prefix: string;
  readonly host: { readonly init: ProcessIdentity; readonly address: string };
  readonly router: { readonly init: ProcessIdentity; readonly address: string; readonly device: string };
}

/** Makes all links in a few calls; the devices vanish with either end's namespace. */
export async function wire(links: readonly Link[]): Promise<void> {
  const pairs = links.map(
    (link) =>
      `link add ${link.network} netns ${link.host.init.pid} type veth peer name ${link.router.device} netns ${link.router.init.pid}`,
  );
  await runOk(['ip', '-batch', '-'], { input: `${pairs.join('\n')}\n` });
  const commands = new Map<number, { init: ProcessIdentity; lines: string[] }>();
  const add = (init: ProcessIdentity, lines: readonly string[]): void => {
    const entry = commands.get(init.pid) ?? { init, lines: ['link set lo up'] };
    entry.lines.push(...lines);
    commands.set(init.pid, entry);
  };
  for (const link of links) {
    add(link.router.init, bringUp(link.router.device, link.router.address));
    add(link.host.init, [
      ...bringUp(link.network, link.host.address),
      `route add ${link.prefix} via ${link.router.address} dev ${link.network}`,
    ]);
  }
  await Promise.all(
    [...commands.values()].map(({ init, lines }) =>
      runOk(enterArgv(init, ['ip', '-batch', '-'], ['net']), { input: `${lines.join('\n')}\n` }),
    ),
  );
}

/** Turns a namespace into a router; /proc/sys/net is that of the namespace it is opened in. */
export async function enableForwarding(router: ProcessIdentity): Promise<void> {
  await runOk(enterArgv(router, ['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward'], ['net']));
}

/** Pulls a host's cables: from then on what is sent to it vanishes, as it does before a machine without power. */
export async function unplug(links: readonly Pick<Link, 'router'>[]): Promise<void> {
  await inRouters(links, ({ device, address }) => [
    `route replace blackhole ${networkOf(address)} metric ${BLACKHOLE_METRIC}`,
    `link set ${device} down`,
  ]);
}

/** The devices go with the host's namespace, but later than its last process. */
export async function dropDevices(links: readonly Pick<Link, 'router'>[]): Promise<void> {
  await Promise.all(
    links.map(async ({ router: { init, device } }) => {
      await run(enterArgv(init, ['ip', 'link', 'delete', device], ['net'])); // it may have gone by itself
      await waitFor(async () => (await run(enterArgv(init, ['ip', 'link', 'show', device], ['net']))).code !== 0, {
        what: `the device ${device} to go`,
        timeoutMs: 5_000,
      });
    }),
  );
}

export async function endBlackholes(links: readonly Link[]): Promise<void> {
  await inRouters(links, ({ address }) => [`route delete blackhole ${networkOf(address)} metric ${BLACKHOLE_METRIC}`]);
}

async function inRouters(
  links: readonly Pick<Link, 'router'>[],
  linesOf: (router: Link['router']) => readonly string[],
): Promise<void> {
  await Promise.all(
    links.map(({ router }) =>
      runOk(enterArgv(router.init, ['ip', '-batch', '-'], ['net']), { input: `${linesOf(router).join('\n')}\n` }),
    ),
  );
}

/** Behind the route of the wire itself, which has none. */
const BLACKHOLE_METRIC = 4_000;

function networkOf(address: string): string {
  return address.replace(/\d+$/, '0/24');
}

function bringUp(device: string, address: string): readonly string[] {
  return [`address add ${address}/24 dev ${device}`, `link set ${device} up`];
}
