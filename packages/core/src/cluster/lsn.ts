// A WAL position. Kept as Postgres prints it, compared as bytes, never as text ("0/9" is below "0/10").
// Source: PostgreSQL manual, "pg_lsn Type".
import { z } from 'zod';

export const Lsn = z
  .string()
  .regex(/^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/, 'an LSN looks like 0/3000148')
  .brand<'Lsn'>();
export type Lsn = z.infer<typeof Lsn>;

/** The position in bytes from the start of the WAL. */
export function lsnBytes(lsn: Lsn): bigint {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

export function formatLsn(bytes: bigint): Lsn {
  const text = `${(bytes >> 32n).toString(16)}/${(bytes & 0xffffffffn).toString(16)}`.toUpperCase();
  return text as Lsn; // the one place that makes a brand from numbers
}

/** Bytes from `from` up to `to`; negative when `to` is behind. Safe as a number up to 8 PiB. */
export function lsnDistanceBytes(from: Lsn, to: Lsn): number {
  return Number(lsnBytes(to) - lsnBytes(from));
}

export function isLsnAtLeast(lsn: Lsn, floor: Lsn): boolean {
  return lsnBytes(lsn) >= lsnBytes(floor);
}

/** The later of two positions on one timeline; an unknown one never wins. */
export function maxLsn(a: Lsn | undefined, b: Lsn | undefined): Lsn | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return isLsnAtLeast(a, b) ? a : b;
}
