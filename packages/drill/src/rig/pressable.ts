// Which faults are ready to press right now, with labels that a person understands: of what runs and who is primary.
import type { FaultName, MemberStatus } from '@petrov/sandbox';

export type Pressable = {
  readonly name: FaultName;
  readonly args: readonly string[];
  readonly label: string;
  readonly breaks: 'database' | 'view';
  readonly summary: string;
};

export function listPressable(members: readonly MemberStatus[]): readonly Pressable[] {
  const primary = members.find((member) => member.role === 'primary' && member.postgres === 'running');
  const broken = members.flatMap((member) => repair(member));
  const ofPrimary = primary === undefined ? [] : breakPrimary(primary.id);
  const standby = members.find((member) => member.role === 'standby' && member.postgres === 'running');
  return [...broken, ...ofPrimary, ...views(primary?.id), ...(standby === undefined ? [] : [killStandby(standby.id)])];
}

function breakPrimary(id: string): readonly Pressable[] {
  return [
    {
      name: 'kill',
      args: [id],
      label: 'Kill the primary',
      breaks: 'database',
      summary: `kill -9 of Postgres on ${id}. A real failure: a proposal follows within seconds.`,
    },
    {
      name: 'freeze',
      args: [id],
      label: 'Freeze the primary',
      breaks: 'database',
      summary: `Every process of Postgres on ${id} stops in mid-air: TCP still connects, nobody answers.`,
    },
    {
      name: 'host-off',
      args: [id],
      label: "Cut the power of the primary's host",
      breaks: 'database',
      summary: `The machine of ${id} is gone, agent included, and answers no more. Its power switch can still prove it off.`,
    },
    {
      name: 'restart',
      args: [id],
      label: 'Restart the primary',
      breaks: 'database',
      summary: `A quick stop and start of ${id}, as an upgrade does it. Not worth a failover.`,
    },
  ];
}

function views(primary: string | undefined): readonly Pressable[] {
  const monitoring: Pressable = {
    name: 'cut',
    args: ['mon', 'all'],
    label: 'Cut the monitoring network',
    breaks: 'view',
    summary: 'No witness reaches any member, while users and replication go on. A false alarm.',
  };
  if (primary === undefined) return [monitoring];
  return [
    monitoring,
    {
      name: 'cut',
      args: ['db', primary],
      label: "Cut the primary's database network",
      breaks: 'view',
      summary: `Replication from ${primary} is lost; users and witnesses still reach it.`,
    },
    {
      name: 'cut',
      args: ['app', primary],
      label: 'Cut users off from the primary',
      breaks: 'view',
      summary: `Clients can't reach ${primary}; witnesses and standbys can.`,
    },
  ];
}

function killStandby(id: string): Pressable {
  return {
    name: 'kill',
    args: [id],
    label: `Kill the standby ${id}`,
    breaks: 'database',
    summary: `kill -9 of Postgres on ${id}. Writes go on.`,
  };
}

function repair(member: MemberStatus): readonly Pressable[] {
  if (member.postgres === 'stopped' || member.postgres === 'orphans') {
    return [
      {
        name: 'start',
        args: [member.id],
        label: `Start ${member.id} again`,
        breaks: 'database',
        summary: `As a person or a supervisor would: its start gate decides whether it may come up, and how.`,
      },
    ];
  }
  if (member.postgres !== 'frozen') return [];
  return [
    {
      name: 'thaw',
      args: [member.id],
      label: `Let ${member.id} go on`,
      breaks: 'database',
      summary: `What was frozen on ${member.id} continues where it stopped.`,
    },
  ];
}
