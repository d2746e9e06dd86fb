// The configuration files of a member. Timeouts stay at Postgres's own defaults unless the profile says otherwise:
// how fast a failure is noticed must be that of a real server.
import { INSIDE } from '../site/layout.ts';
import type { MemberRecord, SetRecord } from '../site/record.ts';
import { type DatabaseUser } from '../layers/user.ts';

export interface MemberSettings {
  readonly set: SetRecord;
  readonly member: MemberRecord;
  /** Where this member replicates from while it is a standby. */
  readonly upstreamAddress: string;
}

const TUNED = [
  'wal_receiver_timeout = 10s',
  'wal_sender_timeout = 10s',
  'tcp_user_timeout = 5s',
  'tcp_keepalives_idle = 2',
  'tcp_keepalives_interval = 2',
  'tcp_keepalives_count = 3',
];

export function memberConf(settings: MemberSettings): string {
  const { set, member } = settings;
  const siblings = set.members.filter((other) => other.id !== member.id).map((other) => `"${other.id}"`);
  const lines = [
    "listen_addresses = '*'",
    `port = ${member.port}`,
    `unix_socket_directories = '${INSIDE}/socket'`,
    `cluster_name = '${member.id}'`,
    'wal_level = logical',
    'max_wal_senders = 10',
    'max_replication_slots = 10',
    'hot_standby = on',
    'wal_log_hints = on',
    'max_connections = 60',
    'shared_buffers = 16MB',
    'fsync = on',
    "password_encryption = 'scram-sha-256'",
    "log_line_prefix = '%m [%p] %q%u@%d/%a '",
    'log_min_messages = warning',
    'log_replication_commands = on',
    ...(set.sync ? [`synchronous_standby_names = 'ANY 1 (${siblings.join(', ')})'`] : []),
    ...(set.profile === 'tuned' ? TUNED : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Goes to postgresql.auto.conf, where ALTER SYSTEM changes it when the member is pointed at another upstream. */
export function memberAutoConf(settings: MemberSettings): string {
  const conninfo = [
    `host=${settings.upstreamAddress}`,
    `port=${settings.member.port}`,
    'user=replicator',
    `passfile=${INSIDE}/secrets/pgpass`,
    `application_name=${settings.member.id}`,
    ...(settings.set.profile === 'tuned'
      ? [
          'connect_timeout=3',
          'tcp_user_timeout=5000',
          'keepalives_idle=2',
          'keepalives_interval=2',
          'keepalives_count=3',
        ]
      : []),
  ];
  return `primary_conninfo = '${conninfo.join(' ')}'\nprimary_slot_name = '${settings.member.slot}'\n`;
}

/** Over TCP everyone needs a password; the socket's peer decides for the host's own root and the database's user. */
export const MEMBER_HBA = `# TYPE DATABASE    USER       ADDRESS   METHOD
local all         postgres             peer map=petrov
local replication postgres             peer map=petrov
local all         all                  scram-sha-256
host  replication replicator 0.0.0.0/0 scram-sha-256
host  all         postgres   0.0.0.0/0 reject
host  all         all        0.0.0.0/0 scram-sha-256
`;

export function identMap(user: DatabaseUser): string {
  const systemUsers = [...new Set(['root', user.name])];
  return systemUsers.map((name) => `petrov ${name} postgres\n`).join('');
}
