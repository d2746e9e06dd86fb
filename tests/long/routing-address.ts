// Where an address was, and when: what the kernel of each member's host says of its devices, stamped as it happens.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from '@petrov/sandbox';

type Held = { readonly member: string; readonly fromMs: number; readonly toMs: number };
export type AddressWatch = {
  /** Who has it now. */
  readonly holder: () => string;
  readonly periods: () => { readonly moves: readonly Held[]; readonly overlaps: readonly string[] };
};

export async function watchAddress(site: Site, address: string): Promise<AddressWatch> {
  const logOf = (member: string): string => join(site.folder, `address-${member}.log`);
  const startedMs = Date.now();
  const members = site.memberIds();
  const before = await Promise.all(
    members.map(async (member) => {
      await site.spawnIn(member, ['ip', '-o', '-ts', 'monitor', 'address'], { logFile: logOf(member) });
      const { stdout } = await site.execIn(member, ['ip', '-o', 'address', 'show']);
      return stdout.includes(` ${address}/`);
    }),
  );
  const heldBy = (member: string, index: number): readonly Held[] => {
    const held: Held[] = [];
    let fromMs = before[index] === true ? startedMs : undefined;
    for (const line of readFileSync(logOf(member), 'utf8').split('\n')) {
      const [, stamp] = /^\[([^\]]+)\]/.exec(line) ?? [];
      if (stamp === undefined || !line.includes(` ${address}/`)) continue;
      const atMs = Date.parse(`${stamp.slice(0, 23)}Z`);
      if (!line.includes('Deleted')) fromMs ??= atMs;
      else if (fromMs !== undefined) {
        held.push({ member, fromMs, toMs: atMs });
        fromMs = undefined;
      }
    }
    return fromMs === undefined ? held : [...held, { member, fromMs, toMs: Infinity }];
  };
  const all = (): readonly Held[] => members.flatMap(heldBy).sort((left, right) => left.fromMs - right.fromMs);
  return {
    holder: () =>
      all()
        .filter(({ toMs }) => toMs === Infinity)
        .map(({ member }) => member)
        .join(' and '),
    periods: () => {
      const moves = all();
      const overlaps = moves.flatMap((one, index) => {
        const next = moves[index + 1];
        return next !== undefined && next.fromMs < one.toMs
          ? [`${next.member} took it ${one.toMs - next.fromMs} ms before ${one.member} gave it up`]
          : [];
      });
      return { moves, overlaps };
    },
  };
}
