// Who is what and who feeds whom, drawn: roles, zones, arrows of replication. Columns are steps away from the primary.
// The same facts stand in words beside every drawing; for those who can't see it, it's one labelled image.
import { useId } from 'react';
import '../styles/topology.css';

export type TopologyNode = {
  readonly id: string;
  readonly role: 'primary' | 'standby' | 'fenced' | 'down' | 'unknown';
  /** Second line: "primary · zone a". */
  readonly note: string;
};
export type TopologyEdge = {
  readonly from: string;
  readonly to: string;
  readonly isFlowing: boolean;
  readonly label?: string;
};
type Props = {
  readonly label: string;
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
};

const box = { width: 124, height: 48 };
const gap = { x: 48, y: 18 };

export function Topology({ label, nodes, edges }: Props) {
  const arrow = useId();
  const places = placeNodes(nodes, edges);
  const all = [...places.values()];
  const width = Math.max(...all.map((place) => place.x)) + box.width + 2;
  const height = Math.max(...all.map((place) => place.y)) + box.height + 2;
  return (
    <svg
      className="topology"
      viewBox={`-1 -1 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    >
      <defs>
        <marker
          id={arrow}
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto-start-reverse"
        >
          <path d="M0 0.5 7.5 4 0 7.5z" className="head" />
        </marker>
      </defs>
      {edges.map((edge) => {
        const from = places.get(edge.from);
        const to = places.get(edge.to);
        if (from === undefined || to === undefined) return null;
        return <Arrow key={`${edge.from}>${edge.to}`} edge={edge} from={from} to={to} marker={arrow} />;
      })}
      {nodes.map((node) => {
        const place = places.get(node.id);
        return place === undefined ? null : <Box key={node.id} node={node} place={place} />;
      })}
    </svg>
  );
}

type Place = { readonly x: number; readonly y: number };

function Box({ node, place }: { readonly node: TopologyNode; readonly place: Place }) {
  return (
    <g className={`node ${node.role}`} transform={`translate(${place.x} ${place.y})`}>
      <rect width={box.width} height={box.height} rx="9" />
      <text x="10" y="20" className="id">
        {shorten(node.id, 14)}
      </text>
      <text x="10" y="37" className="note">
        {shorten(node.note, 19)}
      </text>
    </g>
  );
}

type ArrowProps = { readonly edge: TopologyEdge; readonly from: Place; readonly to: Place; readonly marker: string };

function Arrow({ edge, from, to, marker }: ArrowProps) {
  const start = { x: from.x + box.width, y: from.y + box.height / 2 };
  const end = { x: to.x - 2, y: to.y + box.height / 2 };
  const middle = (start.x + end.x) / 2;
  const path = `M${start.x} ${start.y} C${middle} ${start.y} ${middle} ${end.y} ${end.x} ${end.y}`;
  return (
    <g className={edge.isFlowing ? 'edge' : 'edge broken'}>
      <path d={path} {...(edge.isFlowing ? { markerEnd: `url(#${marker})` } : {})} />
      {edge.label !== undefined && (
        <text x={end.x - 8} y={end.y > start.y ? end.y + 15 : end.y - 7} textAnchor="end">
          {edge.label}
        </text>
      )}
    </g>
  );
}

/** Column = how many steps from a root; a root's row is centred on what it feeds. */
function placeNodes(nodes: readonly TopologyNode[], edges: readonly TopologyEdge[]): Map<string, Place> {
  const upstream = new Map(edges.map((edge) => [edge.to, edge.from]));
  const depthOf = (id: string, seen: number): number => {
    const from = upstream.get(id);
    return from === undefined || seen > nodes.length ? 0 : 1 + depthOf(from, seen + 1);
  };
  const columns: TopologyNode[][] = [];
  for (const node of nodes) {
    const isLoose = node.role === 'standby' && !upstream.has(node.id);
    const depth = isLoose ? 1 : Math.min(depthOf(node.id, 0), nodes.length);
    columns[depth] = [...(columns[depth] ?? []), node];
  }
  const filled = columns.filter((column) => column !== undefined);
  const rows = Math.max(...filled.map((column) => column.length));
  const step = box.height + gap.y;
  const places = new Map<string, Place>();
  for (const [column, members] of filled.entries()) {
    const top = ((rows - members.length) * step) / 2;
    for (const [row, node] of members.entries()) {
      places.set(node.id, { x: column * (box.width + gap.x), y: top + row * step });
    }
  }
  return places;
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
