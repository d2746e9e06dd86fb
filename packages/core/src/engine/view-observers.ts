// "Who reaches whom": each observer's newest answer about each member, fresh or not.
import { type Case, type Findings, freshnessMs } from '../assessment/index.ts';
import { currentDoubt, type Reading, type Track, trackKey } from '../observation/index.ts';
import type { ClusterView } from '../wire/api.ts';
import type { ClusterState, EngineState } from './state.ts';

type Looked = {
  readonly state: EngineState;
  readonly cluster: ClusterState;
  readonly given: Case;
  readonly found: Findings;
};
type Row = ClusterView['observers'][number];
type Cell = Row['cells'][string];

export function viewObservers(looked: Looked): Row[] {
  return [...witnessRows(looked), ...hostRows(looked), ...clientRows(looked)];
}

function witnessRows(looked: Looked): Row[] {
  const { state, cluster } = looked;
  const { tracks } = cluster.memory;
  return state.config.witnesses.map(({ id, zone }) => ({
    source: id,
    kind: 'witness',
    zone,
    ...heard(looked, id),
    cells: Object.fromEntries(
      cluster.topology.members.map((m) => [
        m.id,
        toCell(looked, tracks.get(trackKey(id, m.id, 'sql')) ?? tracks.get(trackKey(id, m.id, 'tcp'))),
      ]),
    ),
  }));
}

function hostRows(looked: Looked): Row[] {
  return looked.found.hosts.flatMap(({ host, source, zone, isFresh }) => {
    if (host === undefined) return [];
    const cell = (outcome: string): Cell => ({
      outcome,
      reading: isFresh ? readPeer(outcome) : 'unseen',
      atMs: host.peersAtMs ?? host.atMs,
    });
    return [
      {
        source,
        kind: 'host' as const,
        zone,
        ...heard(looked, source),
        cells: Object.fromEntries(Object.entries(host.peers ?? {}).map(([member, outcome]) => [member, cell(outcome)])),
      },
    ];
  });
}

function clientRows(looked: Looked): Row[] {
  return looked.found.clients.map(({ source, canary, isFresh, isFailing }) => ({
    source,
    kind: 'client',
    ...heard(looked, source),
    cells: {
      [looked.given.primary]: {
        outcome: `${canary.succeeded}/s`,
        reading: isFresh ? (isFailing ? 'dead' : 'alive') : 'unseen',
        atMs: canary.atMs,
      },
    },
  }));
}

function heard({ state, given }: Looked, source: string): Pick<Row, 'doubt' | 'lastHeardAtMs'> {
  const memory = state.sources.get(source);
  const doubt = currentDoubt(memory, given.nowMs)?.because;
  return {
    ...(doubt === undefined ? {} : { doubt }),
    ...(memory === undefined ? {} : { lastHeardAtMs: memory.lastHeardAtMs }),
  };
}

function toCell({ given, cluster }: Looked, track: Track | undefined): Cell {
  if (track === undefined) return { outcome: 'unseen', reading: 'unseen' };
  const { outcome, reading, latencyMs, atMs } = track.last;
  const isFresh = given.nowMs - atMs <= freshnessMs(cluster, 'other');
  return {
    outcome,
    reading: isFresh ? plain(reading) : 'unseen',
    atMs,
    ...(latencyMs === undefined ? {} : { latencyMs }),
  };
}

function plain(reading: Reading): Cell['reading'] {
  return reading === 'starting' ? 'alive' : reading;
}

function readPeer(outcome: string): Cell['reading'] {
  if (outcome === 'ok') return 'alive';
  return outcome === 'timeout' ? 'silent' : 'dead';
}
