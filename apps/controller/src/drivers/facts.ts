// Reads one member over SQL with the controller's own role (pg_monitor): what it is at this moment. Works without Redis,
// witnesses and agents.
import { Lsn } from '@petrov/core/cluster';
import type { GuardedCluster, GuardedMember, MemberFacts } from '@petrov/core/wire';
import { type Answer, explainFailure, type Target, TIMELINE_SQL } from '@petrov/runtime/postgres';
import type { Secret } from '@petrov/runtime/secrets';
import { z } from 'zod';
import { KeptSessions } from './kept-sessions.ts';

export const READ_WITHIN_MS = { connectMs: 1_000, queryMs: 1_500 } as const;

/** The server frees a session soon when we are gone: a role has few. */
const KEEPALIVES = '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3';

export type Ask = (text: string) => Promise<Answer>;
/** The members of the guarded clusters with their passwords at hand. */
export type Reach = {
  readonly cluster: (id: string) => GuardedCluster;
  readonly member: (cluster: string, id: string) => GuardedMember;
  readonly target: (cluster: string, member: string) => Target;
  /** Reads over a session that is kept while it answers. */
  readonly read: <T>(cluster: string, member: string, work: (ask: Ask) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
};
export type ReadMember =
  | { readonly ok: true; readonly facts: MemberFacts }
  | { readonly ok: false; readonly says: string };

const question = `
  SELECT recovery AS "inRecovery",
    (SELECT system_identifier::text FROM pg_control_system()) AS "systemIdentifier",
    CASE WHEN recovery THEN pg_last_wal_receive_lsn()::text END AS "receivedLsn",
    CASE WHEN recovery THEN pg_last_wal_replay_lsn()::text END AS "replayedLsn",
    CASE WHEN recovery THEN pg_is_wal_replay_paused() END AS "replayPaused",
    CASE WHEN NOT recovery THEN pg_current_wal_lsn()::text END AS "lsn",
    ${TIMELINE_SQL} AS "timeline",
    CASE WHEN NOT recovery THEN (SELECT count(*)::int FROM pg_stat_progress_basebackup) END AS "backupsRunning",
    status AS "receiverStatus", sender_host AS "senderHost", sender_port AS "senderPort"
  FROM (SELECT pg_is_in_recovery() AS recovery) AS here LEFT JOIN pg_stat_wal_receiver ON true`;

const absent = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);
const Row = z.object({
  inRecovery: z.boolean(),
  systemIdentifier: z.string(),
  receivedLsn: absent(Lsn),
  replayedLsn: absent(Lsn),
  replayPaused: absent(z.boolean()),
  lsn: absent(Lsn),
  timeline: absent(z.number().int()),
  backupsRunning: absent(z.number().int()),
  receiverStatus: absent(z.string()),
  senderHost: absent(z.string()),
  senderPort: absent(z.number()),
});

export async function readMember(reach: Reach, cluster: string, member: string): Promise<ReadMember> {
  try {
    return await reach.read(cluster, member, async (ask) => ({
      ok: true,
      facts: await askFacts(ask, reach.cluster(cluster)),
    }));
  } catch (error) {
    return { ok: false, says: `${member} can't be read: ${explainFailure(error).says}` };
  }
}

export async function askFacts(ask: Ask, cluster: GuardedCluster): Promise<MemberFacts> {
  const { rows } = await ask(question);
  const { senderHost, senderPort, ...row } = Row.parse(rows[0]);
  const upstream = cluster.members.find(
    (member) => member.replicationHost === senderHost && member.replicationPort === senderPort,
  );
  const facts = { ...row, postgres: 'running', upstream: upstream?.id ?? senderHost };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

export function createReach(clusters: readonly GuardedCluster[], readSecret: (reference: string) => Secret): Reach {
  const targets = new Map<string, Target>();
  for (const cluster of clusters) {
    for (const { id, endpoint } of cluster.members) {
      const { host, port, user, database, password } = endpoint;
      const secret = password === undefined ? undefined : readSecret(password);
      const named = { host, port, user, database, password: secret, applicationName: 'petrov' };
      targets.set(`${cluster.id}/${id}`, { ...named, options: KEEPALIVES });
    }
  }
  const findCluster = (id: string) =>
    getKnown(
      clusters.find((cluster) => cluster.id === id),
      `cluster ${id}`,
    );
  const findTarget = (cluster: string, member: string) =>
    getKnown(targets.get(`${cluster}/${member}`), `member ${member} of ${cluster}`);
  const sessions = new KeptSessions();
  return {
    cluster: findCluster,
    member: (cluster, id) =>
      getKnown(
        findCluster(cluster).members.find((member) => member.id === id),
        `member ${id}`,
      ),
    target: findTarget,
    read: (cluster, member, work) =>
      sessions.ask(`${cluster}/${member}`, findTarget(cluster, member), READ_WITHIN_MS, work),
    close: () => sessions.close(),
  };
}

function getKnown<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`No ${what} is configured.`);
  return found;
}
