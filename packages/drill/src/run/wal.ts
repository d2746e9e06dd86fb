// How much WAL of the old primary the new timeline doesn't have: from the promotion's switch point, as the new primary's
// history file names it, to the end of the last whole record in the old primary's own WAL.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Lsn, lsnDistanceBytes } from '@petrov/core/cluster';
import type { MemberDescription, Site } from '@petrov/sandbox';
import { DrillError } from '../errors.ts';
import { findMember } from '../rig/configs.ts';
import type { Rig } from '../rig/rig.ts';

export type WalLoss = { readonly switchLsn: Lsn; readonly endLsn: Lsn; readonly bytes: number };

async function measureWalLoss(
  site: Site,
  of: { readonly from: MemberDescription; readonly to: MemberDescription; readonly timeline: number },
): Promise<WalLoss> {
  const name = (of.timeline + 1).toString(16).toUpperCase().padStart(8, '0');
  const path = join(of.to.dataFolder, 'pg_wal', `${name}.history`);
  const switchLsn = parseSwitchPoint(await readFile(path, 'utf8'), of.timeline);
  if (switchLsn === undefined)
    throw new DrillError('no-switch-point', `${path} names no end of timeline ${of.timeline}`);
  // On the new primary's host: the old one's may be without power.
  const dumped = await site.execIn(of.to.id, [
    join(site.description.binFolder, 'pg_waldump'),
    '--path',
    join(of.from.dataFolder, 'pg_wal'),
    '--timeline',
    String(of.timeline),
    '--start',
    switchLsn,
  ]);
  const endLsn = parseEnd(`${dumped.stdout}\n${dumped.stderr}`) ?? switchLsn;
  return { switchLsn, endLsn, bytes: Math.max(0, lsnDistanceBytes(switchLsn, endLsn)) };
}

export async function measureLoss(
  rig: Rig,
  of: { readonly from: string; readonly to: string; readonly timeline: number },
): Promise<WalLoss> {
  const { site, cluster } = rig.parts;
  const [from, to] = [of.from, of.to].map((id) => findMember(site.description, cluster, id));
  if (from === undefined || to === undefined) throw new DrillError('no-member', `${of.from} or ${of.to} is not there`);
  return await measureWalLoss(site, { from, to, timeline: of.timeline });
}

/** A history file has one line for each timeline that ended: its number, where, and why. */
export function parseSwitchPoint(history: string, timeline: number): Lsn | undefined {
  const lines = history.split('\n').map((line) => line.trim().split(/\s+/));
  const found = lines.find(([number]) => number === String(timeline));
  return Lsn.safeParse(found?.[1]).data;
}

/**
 * pg_waldump reads up to where no valid record follows, and says where that is; what it printed before are whole records.
 * Undefined when there is not one after the start.
 */
export function parseEnd(dumped: string): Lsn | undefined {
  const isEmpty = !/\blsn: [0-9A-F]+\/[0-9A-F]+/i.test(dumped);
  if (isEmpty) return undefined;
  const stopped = /error in WAL record at [0-9A-F]+\/[0-9A-F]+: .*?at ([0-9A-F]+\/[0-9A-F]+)/i.exec(dumped)?.[1];
  if (stopped !== undefined) return Lsn.parse(stopped);
  const last = [...dumped.matchAll(/\blsn: ([0-9A-F]+\/[0-9A-F]+)/gi)].at(-1)?.[1];
  return Lsn.safeParse(last).data;
}
