// A cluster's members as they are now, and as they would be after a plan.
import type { Plan } from '@petrov/core/plan';
import type { ClusterView, MemberView } from '@petrov/core/wire';
import { formatBytes } from '../words/index.ts';
import { Topology, type TopologyEdge, type TopologyNode } from './topology.tsx';

export function TopologyNow({ cluster }: { readonly cluster: ClusterView }) {
  const nodes = cluster.members.map((member) => nodeOf(member, cluster));
  const edges = cluster.members.flatMap((member) => edgeOf(member));
  return <Topology label={`Now: ${inWords(nodes, edges)}`} nodes={nodes} edges={edges} />;
}

export function TopologyAfter({ plan, members }: { readonly plan: Plan; readonly members: readonly MemberView[] }) {
  const leads = plan.kind === 'rejoin' ? plan.primary : plan.candidate;
  const follows = plan.kind === 'failover' ? undefined : plan.kind === 'rejoin' ? plan.candidate : plan.primary;
  const zones = new Map(members.map((member) => [member.id, member.zone]));
  for (const row of plan.ranking) zones.set(row.member, row.zone);
  const others = [...zones.keys()].filter((id) => id !== leads && (id === follows || id !== plan.primary));
  const zone = (id: string) => (zones.has(id) ? ` · zone ${zones.get(id)}` : '');
  const nodes: TopologyNode[] = [
    { id: leads, role: 'primary', note: `primary${zone(leads)}` },
    ...others.map((id) => ({ id, role: 'standby' as const, note: `standby${zone(id)}` })),
    ...(follows === undefined ? [fencedNode(plan)] : []),
  ];
  const edges = others.map((id) => ({ from: leads, to: id, isFlowing: true }));
  return <Topology label={`After: ${inWords(nodes, edges)}`} nodes={nodes} edges={edges} />;
}

function fencedNode(plan: Plan): TopologyNode {
  return { id: plan.primary, role: 'fenced', note: plan.fence.method === 'unfenced' ? 'not fenced' : 'fenced' };
}

function nodeOf(member: MemberView, cluster: ClusterView): TopologyNode {
  const isTrouble = cluster.assessment.action === 'propose-failover' && member.id === cluster.primary;
  const isFenced = member.condition.startsWith('fenced');
  const role = isTrouble ? 'down' : isFenced ? 'fenced' : member.role;
  return {
    id: member.id,
    role,
    note: `${isTrouble ? 'no answer' : isFenced ? 'fenced' : member.role} · zone ${member.zone}`,
  };
}

function edgeOf(member: MemberView): TopologyEdge[] {
  if (member.upstream === undefined || member.role === 'primary') return [];
  const isFlowing = member.receiver === undefined || member.receiver === 'streaming';
  const label = member.behindBytes === undefined || !isFlowing ? {} : { label: formatBytes(member.behindBytes) };
  return [{ from: member.upstream, to: member.id, isFlowing, ...label }];
}

function inWords(nodes: readonly TopologyNode[], edges: readonly TopologyEdge[]): string {
  const members = nodes.map((node) => `${node.id} is ${node.note.replace(' · ', ' in ')}`);
  const links = edges.map((edge) => `${edge.to} ${edge.isFlowing ? 'streams from' : 'has lost'} ${edge.from}`);
  return `${[...members, ...links].join('; ')}.`;
}
