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

/** Items of one kind that claim the same, each of its own source: shown as one row, opened item by item. */
export type EvidenceGroup<Item extends Evidence> = {
  readonly id: string;
  readonly says: string;
  readonly items: readonly [Item, ...Item[]];
};

export function groupAlike<Item extends Evidence>(items: readonly Item[]): EvidenceGroup<Item>[] {
  const groups = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const key = `${item.kind} ${claimWithoutSource(item)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()].map((alike) => ({ id: alike[0].id, says: groupSays(alike), items: alike }));
}

const groupNames: Readonly<Record<Evidence['kind'], string>> = {
  reach: 'witnesses',
  testimony: 'standbys',
  host: 'host agents',
  client: 'clients',
  intent: 'declarations',
  self: 'sources',
  fleet: 'clusters',
};

function groupSays(alike: readonly [Evidence, ...Evidence[]]): string {
  const [first] = alike;
  return alike.length === 1
    ? first.says
    : `${alike.length} ${groupNames[first.kind]}, each: ${claimWithoutSource(first)}`;
}

/** "w-a: connection refused" and "w-b: connection refused" claim the same. */
function claimWithoutSource({ says, source }: Evidence): string {
  return says.startsWith(source) ? says.slice(source.length).replace(/^:?\s+/, '') : says;
}

export function countOf(side: Side, items: readonly Evidence[]): string {
  if (items.length === 0) return side === 'unknown' ? 'nothing' : 'none found';
  if (side !== 'for') return plural(items.length, 'item');
  const kinds = new Set(items.map((item) => item.kind));
  return `${plural(items.length, 'item')}, ${plural(kinds.size, 'kind')}`;
}

/** Who says it: "host agent · agent:orders-1 · zone a", or all of a group: "w-a, w-b, w-c · zones a, b, c". */
export function whoSays(items: readonly [Evidence, ...Evidence[]]): string {
  const zones = [...new Set(items.flatMap((item) => item.zone ?? []))];
  const zone = zones.length === 0 ? [] : [`${zones.length === 1 ? 'zone' : 'zones'} ${zones.join(', ')}`];
  const kind = items.length === 1 ? [kindWords[items[0].kind]] : [];
  return [...kind, items.map((item) => item.source).join(', '), ...zone].join(' · ');
}

function seenAt(item: Evidence | undefined): { seenAtMs?: number } {
  return item?.seenAtMs === undefined ? {} : { seenAtMs: item.seenAtMs };
}
