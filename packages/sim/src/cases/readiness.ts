// Facts for readiness: a set of three that is ready in every respect, and ways to change one thing of it.
import { ACT_VERBS } from '@petrov/core/wire';
import type { LoginFacts } from '@petrov/core/observation';
import type { MemberReadiness, ReadinessFacts, ServerFacts } from '@petrov/core/readiness';

export const READY_AT = 1_700_000_000_000;
const settings = {
  data_checksums: 'off',
  wal_log_hints: 'on',
  full_page_writes: 'on',
  max_connections: '100',
  max_worker_processes: '8',
  max_wal_senders: '10',
  max_prepared_transactions: '0',
  max_locks_per_transaction: '64',
  max_replication_slots: '10',
  wal_keep_size: '1024',
  recovery_min_apply_delay: '0',
  max_standby_streaming_delay: '30000',
  archive_mode: 'on',
  synchronous_standby_names: '',
  synchronous_commit: 'on',
};
const server = (id: string, more: Partial<ServerFacts> = {}): ServerFacts => ({
  versionNum: 150_018,
  inRecovery: id !== 'orders-1',
  settings: { ...settings, primary_slot_name: id.replace('-', '_'), ...more.settings },
  conninfo: { isSet: true, hasCredentials: true, applicationName: id },
  hasArchiveCommand: true,
  slots: [],
  archiver: { isFailing: false, lastFailedWal: null },
  isReplayPaused: false,
  isReceiving: id !== 'orders-1',
  longestTransaction: null,
  preparedTransactions: 0,
  ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'settings')),
});
export const slotOf = (name: string, more: Partial<ServerFacts['slots'][number]> = {}) =>
  ({ name, kind: 'physical', isActive: true, isTemporary: false, isFailover: false, keptBytes: 0, ...more }) as const;
export const memberOf = (id: string, more: Partial<ServerFacts> = {}): MemberReadiness => ({
  id,
  server: { ok: true, value: server(id, more) },
  hasAgent: true,
  isAgentHeard: true,
  gateAskedAtMs: READY_AT - 86_400_000,
  agentAllows: ACT_VERBS,
  logins: {
    atMs: READY_AT - 60_000,
    peers: Object.fromEntries(
      ['orders-1', 'orders-2', 'orders-3']
        .filter((other) => other !== id)
        .map((other) => [other, { follow: { isOk: true }, clone: { isOk: true }, rewind: { isOk: true } }]),
    ),
  },
});
type Changes = Readonly<Record<string, Partial<ServerFacts>>>;
export const readyFacts = (changes: Changes = {}, more: Partial<ReadinessFacts> = {}): ReadinessFacts => ({
  nowMs: READY_AT,
  cluster: 'orders',
  primary: 'orders-1',
  candidate: { ok: true, value: 'orders-2' },
  members: ['orders-1', 'orders-2', 'orders-3'].map((id) => memberOf(id, changes[id])),
  fences: ['agent'],
  proofs: {
    ok: true,
    value: ['orders-1', 'orders-2', 'orders-3'].map((id) => ({
      member: id,
      method: 'agent',
      atMs: READY_AT - 7_200_000,
    })),
  },
  unlogged: { ok: true, value: { tables: 0, unreadDatabases: [] } },
  heartbeats: { ok: true, value: ['w-a', 'w-b', 'w-c'].map((witness) => ({ witness, ageMs: 800 })) },
  witnesses: 3,
  ...more,
});
export const withSettings = (settings: Record<string, string>): Partial<ServerFacts> => ({ settings });
export const unreadOf = (id: string): MemberReadiness => ({
  ...memberOf(id),
  server: { ok: false, says: 'no answer within 1000 ms' },
});
export const agentlessOf = (id: string): MemberReadiness => ({ ...memberOf(id), hasAgent: false, isAgentHeard: false });
/** All three, of which the agent on `id` found this of its logins at `other`; all else is well. */
export const membersWithLogin = (id: string, other: string, found: LoginFacts['peers'][string]): MemberReadiness[] =>
  ['orders-1', 'orders-2', 'orders-3'].map((one) => {
    const member = memberOf(one);
    const { atMs = READY_AT, peers = {} } = member.logins ?? {};
    return one === id
      ? { ...member, logins: { atMs, peers: { ...peers, [other]: { ...peers[other], ...found } } } }
      : member;
  });
