// synchronous_standby_names, between its text and the members' ids. Source: PostgreSQL manual, "synchronous_standby_names".
import type { AgentConfig, SyncNames } from '@petrov/core/wire';

type Peers = AgentConfig['peers'];

export function formatSyncNames(names: SyncNames, peers: Peers): string {
  if (names.method === 'none') return '';
  const quoted = names.members.map((id) => `"${applicationNameOf(id, peers).replaceAll('"', '""')}"`);
  return `${names.method === 'any' ? 'ANY' : 'FIRST'} ${names.number} (${quoted.join(', ')})`;
}

/** Undefined for what can't be told by members' ids: `*`, or a name that is no member's. */
export function parseSyncNames(text: string, peers: Peers): SyncNames | undefined {
  if (text.trim() === '') return { method: 'none' };
  const found = /^\s*(?:(ANY|FIRST)?\s*(\d+)\s*\((.*)\)|(.*))\s*$/is.exec(text);
  const list = found?.[3] ?? found?.[4] ?? '';
  const names = list.match(/"(?:[^"]|"")*"|[^\s,"]+/g) ?? [];
  const members = names.map((name) => findMember(unquote(name), peers));
  if (members.length === 0 || !members.every((id) => id !== undefined)) return undefined;
  const method = found?.[1]?.toUpperCase() === 'ANY' ? 'any' : 'first';
  return { method, number: Number(found?.[2] ?? 1), members };
}

function applicationNameOf(id: string, peers: Peers): string {
  return peers.find((peer) => peer.id === id)?.applicationName ?? id;
}

/** The server compares them without regard to case. */
function findMember(name: string, peers: Peers): string | undefined {
  const isIt = (peer: Peers[number]) => (peer.applicationName ?? peer.id).toLowerCase() === name.toLowerCase();
  return peers.find(isIt)?.id;
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
