// synchronous_standby_names, between its text and the members' ids. Source: PostgreSQL manual, "synchronous_standby_names".
import { formatSyncNames as format, parseSyncNames as parse } from '@petrov/core/cluster';
import type { AgentConfig, SyncNames } from '@petrov/core/wire';

type Peers = AgentConfig['peers'];

export function formatSyncNames(names: SyncNames, peers: Peers): string {
  if (names.method === 'none') return '';
  const { method, number, members } = names;
  return format({ method, number, names: members.map((id) => applicationNameOf(id, peers)) });
}

/** Undefined for what can't be told by members' ids: `*`, or a name that is no member's. */
export function parseSyncNames(text: string, peers: Peers): SyncNames | undefined {
  const found = parse(text);
  if (found === undefined) return undefined;
  const { method, number, names } = found;
  if (number === 0) return { method: 'none' };
  const members = names.map((name) => findMember(name, peers));
  return members.every((id) => id !== undefined) ? { method, number, members } : undefined;
}

function applicationNameOf(id: string, peers: Peers): string {
  return peers.find((peer) => peer.id === id)?.applicationName ?? id;
}

/** The server compares them without regard to case. */
function findMember(name: string, peers: Peers): string | undefined {
  const isIt = (peer: Peers[number]) => (peer.applicationName ?? peer.id).toLowerCase() === name.toLowerCase();
  return peers.find(isIt)?.id;
}

/** The same names, of which only `number` are waited for; undefined when it can't be read. Fewer than that stay as few. */
export function lowerSyncNames(text: string, number: number): string | undefined {
  const found = parse(text);
  if (found === undefined) return undefined;
  return found.number <= number ? text : format({ ...found, number });
}
