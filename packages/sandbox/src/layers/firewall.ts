// The rules in a router: two sets of (source, destination) pairs, one dropped in silence, one refused.
// A pair is one direction, so a half-open network is as easy as a whole cut.
import type { ProcessIdentity } from '../identity.ts';
import { runOk } from '../run.ts';
import { enterArgv } from './unshare.ts';

export type CutManner = 'drop' | 'reject';
export interface Pair {
  readonly from: string;
  readonly to: string;
}

const RULES = `
table inet petrov {
  set dropped { type ipv4_addr . ipv4_addr; }
  set rejected { type ipv4_addr . ipv4_addr; }
  chain through {
    type filter hook forward priority 0; policy accept;
    ip saddr . ip daddr @dropped drop
    ip saddr . ip daddr @rejected meta l4proto tcp reject with tcp reset
    ip saddr . ip daddr @rejected reject
  }
}
`;
const SETS = { drop: 'dropped', reject: 'rejected' } as const;

export async function installFirewall(router: ProcessIdentity): Promise<void> {
  await nft(router, RULES);
}

/** Replaces everything that is cut in this router, in one transaction. */
export async function setCuts(
  router: ProcessIdentity,
  cuts: Readonly<Record<CutManner, readonly Pair[]>>,
): Promise<void> {
  const lines = (Object.keys(SETS) as CutManner[]).flatMap((manner) => {
    const elements = [...new Set(cuts[manner].map((pair) => `${pair.from} . ${pair.to}`))];
    const flush = `flush set inet petrov ${SETS[manner]}`;
    return elements.length === 0
      ? [flush]
      : [flush, `add element inet petrov ${SETS[manner]} { ${elements.join(', ')} }`];
  });
  await nft(router, `${lines.join('\n')}\n`);
}

async function nft(router: ProcessIdentity, script: string): Promise<void> {
  await runOk(enterArgv(router, ['nft', '-f', '-'], ['net']), { input: script });
}
