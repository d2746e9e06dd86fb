// How the members of a site are right now: processes by /proc, the rest by one short look over the member's socket,
// which no cut network disturbs.
import { SandboxError } from '../errors.ts';
import { isAlive } from '../identity.ts';
import { findPostmaster, isFrozen, listServerPids } from '../postgres/processes.ts';
import { queryRows } from '../postgres/query.ts';
import { listMembers } from './access.ts';
import type { ActiveFault, MemberRecord, SiteRecord } from './record.ts';

export interface MemberStatus {
  readonly id: string;
  readonly cluster: string;
  readonly zone: string;
  /** `orphans`: no postmaster, but processes of it are left. `unanswering`: runs, but a look got no answer in time. */
  readonly postgres: 'running' | 'unanswering' | 'frozen' | 'orphans' | 'stopped' | 'host-down';
  readonly role: 'primary' | 'standby' | 'unknown';
  readonly lsn: string | null;
  readonly timeline: number | null;
  /** For a standby: whether its receiver streams, and from which address. */
  readonly receiving: boolean | null;
  readonly upstream: string | null;
  readonly says: string | null;
}

export interface SiteStatus {
  readonly id: string;
  readonly state: SiteRecord['state'];
  readonly ownerAlive: boolean | null;
  readonly members: readonly MemberStatus[];
  readonly activeFaults: readonly ActiveFault[];
}

export async function readStatus(record: SiteRecord): Promise<SiteStatus> {
  const members = await Promise.all(
    listMembers(record).map(({ set, member }) => readMember(record, set.cluster, member)),
  );
  return {
    id: record.id,
    state: record.state,
    ownerAlive: record.owner === null ? null : isAlive(record.owner),
    members,
    activeFaults: record.activeFaults,
  };
}

// pg_control lags behind a promotion; the name of the WAL file being written does not.
const LOOK = `
SELECT pg_is_in_recovery() AS in_recovery,
  CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
       ELSE pg_current_wal_lsn() END::text AS lsn,
  CASE WHEN pg_is_in_recovery()
       THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint()))
       ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline,
  coalesce((SELECT status = 'streaming' FROM pg_stat_wal_receiver), false) AS receiving,
  (SELECT sender_host FROM pg_stat_wal_receiver) AS upstream`;

interface Look {
  readonly in_recovery: boolean;
  readonly lsn: string | null;
  readonly timeline: number | null;
  readonly receiving: boolean;
  readonly upstream: string | null;
}

async function readMember(record: SiteRecord, cluster: string, member: MemberRecord): Promise<MemberStatus> {
  const nothing = { role: 'unknown', lsn: null, timeline: null, receiving: null, upstream: null, says: null } as const;
  const base = { id: member.id, cluster, zone: member.zone, ...nothing };
  const init = record.hosts.find((host) => host.id === member.id)?.init ?? null;
  if (init === null || !isAlive(init)) return { ...base, postgres: 'host-down' };
  const pids = await listServerPids(init);
  if (pids.length === 0) return { ...base, postgres: 'stopped' };
  if (isFrozen(pids)) return { ...base, postgres: 'frozen' };
  if ((await findPostmaster(init, member)) === undefined) return { ...base, postgres: 'orphans' };
  try {
    const target = { socketFolder: member.socketFolder, port: member.port, timeoutMs: 1_000 };
    const [look] = await queryRows<Look & Record<string, unknown>>(target, LOOK);
    if (look === undefined) throw new SandboxError('no-answer', 'the look brought no row');
    const { lsn, timeline, upstream } = look;
    const role = look.in_recovery ? 'standby' : 'primary';
    return {
      ...base,
      postgres: 'running',
      role,
      lsn,
      timeline,
      upstream,
      receiving: look.in_recovery ? look.receiving : null,
    };
  } catch (error) {
    return { ...base, postgres: 'unanswering', says: error instanceof Error ? error.message : String(error) };
  }
}
