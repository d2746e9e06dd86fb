// Cuts a target off from the rest of one network, both ways or one way, in silence or with a refusal. The rules of a
// router are always derived from all active cuts, so cuts may overlap and end in any order.
import { z } from 'zod';
import { SandboxError } from '../errors.ts';
import { type CutManner, type Pair, setCuts } from '../layers/firewall.ts';
import { getInit } from '../site/access.ts';
import { type HostRecord, NETWORKS, Network, type SiteRecord, ZONES } from '../site/record.ts';
import { defineFault } from '../fault/fault.ts';

export const CutArgs = z.strictObject({
  net: Network,
  /** A member, a witness, the client, a zone (`a`, or `zone-a`), or `all`. */
  target: z.string(),
  /** Which direction is lost, seen from the target: what it sends, what it is sent, or both. */
  direction: z.enum(['both', 'from', 'to']).default('both'),
  reject: z.boolean().default(false),
});
export type CutArgs = z.infer<typeof CutArgs>;

export const cut = defineFault<CutArgs>({
  name: 'cut',
  summary: 'cut a member, a witness, a zone or all off from a network (db, mon, app)',
  breaks: 'network',
  parameters: CutArgs,
  positional: ['net', 'target'],
  isLasting: true,
  apply: async ({ record, stamp }, { net }) => {
    const rules = rulesOf(record, net);
    stamp();
    await setCuts(getInit(record, `router-${net}`), rules);
  },
  heal: async (record) => {
    for (const net of NETWORKS) await setCuts(getInit(record, `router-${net}`), { drop: [], reject: [] });
    const cuts = record.activeFaults.filter((fault) => fault.name === 'cut');
    return cuts.map((fault) => `restored ${String(fault.args['net'])} for ${String(fault.args['target'])}`);
  },
});

function rulesOf(record: SiteRecord, net: Network): Record<CutManner, readonly Pair[]> {
  const cuts = record.activeFaults
    .filter((fault) => fault.name === 'cut')
    .map((fault) => CutArgs.parse(fault.args))
    .filter((args) => args.net === net);
  const pairs = (reject: boolean): readonly Pair[] =>
    cuts.filter((args) => args.reject === reject).flatMap((args) => pairsOf(record, args));
  return { drop: pairs(false), reject: pairs(true) };
}

/** Between the target and everyone else on the network; within a zone traffic goes on, within `all` nothing does. */
function pairsOf(record: SiteRecord, args: CutArgs): readonly Pair[] {
  const onNetwork = record.hosts.filter((host) => host.wires[args.net] !== undefined);
  const targets = findTargets(onNetwork, args);
  const others = args.target === 'all' ? onNetwork : onNetwork.filter((host) => !targets.includes(host));
  return targets.flatMap((target) =>
    others
      .filter((other) => other !== target)
      .flatMap((other): readonly Pair[] => {
        const near = target.wires[args.net]?.address ?? '';
        const far = other.wires[args.net]?.address ?? '';
        const outward = { from: near, to: far };
        const inward = { from: far, to: near };
        return args.direction === 'both' ? [outward, inward] : args.direction === 'from' ? [outward] : [inward];
      }),
  );
}

function findTargets(onNetwork: readonly HostRecord[], { net, target }: CutArgs): readonly HostRecord[] {
  if (target === 'all') return onNetwork;
  const zone = target.replace(/^zone-/, '');
  const found = ZONES.some((known) => known === zone)
    ? onNetwork.filter((host) => host.zone === zone)
    : onNetwork.filter((host) => host.id === target);
  if (found.length > 0) return found;
  const names = [...onNetwork.map((host) => host.id), ...ZONES.map((known) => `zone-${known}`), 'all'];
  throw new SandboxError('no-such-name', `"${target}" is not on the network ${net}; there are ${names.join(', ')}`);
}
