// Small answers about evidence items that several pages show.
import type { Assessment, Evidence } from '@petrov/core/assessment';
import { plural } from './format.ts';
import { kindWords, type Side } from './tables.ts';

/** Each item as it was frozen, but last seen when the newest assessment saw it; `isGone` = no longer seen at all. */
export type SeenItem = Evidence & { readonly isGone: boolean; readonly isNew: boolean };

export function seenNow(
  items: readonly Evidence[],
  newest: Assessment | undefined,
  known: ReadonlySet<string> | undefined,
): SeenItem[] {
  const current = new Map<string, Evidence>();
  if (newest !== undefined) {
    for (const item of [...newest.for, ...newest.against, ...newest.unknown]) current.set(item.id, item);
  }
  return items.map((item) => ({
    ...item,
    ...seenAt(current.get(item.id)),
    isGone: newest !== undefined && !current.has(item.id),
    isNew: known !== undefined && !known.has(item.id),
  }));
}

export function countOf(side: Side, items: readonly Evidence[]): string {
  if (items.length === 0) return side === 'unknown' ? 'nothing' : 'none found';
  if (side !== 'for') return plural(items.length, 'item');
  const kinds = new Set(items.map((item) => item.kind));
  return `${plural(items.length, 'item')}, ${plural(kinds.size, 'kind')}`;
}

/** Who says it: "host agent · agent:orders-1 · zone a". */
export function whoSays(item: Evidence): string {
  return [kindWords[item.kind], item.source, item.zone === undefined ? undefined : `zone ${item.zone}`]
    .filter((part) => part !== undefined && part !== '')
    .join(' · ');
}

function seenAt(item: Evidence | undefined): { seenAtMs?: number } {
  return item?.seenAtMs === undefined ? {} : { seenAtMs: item.seenAtMs };
}
