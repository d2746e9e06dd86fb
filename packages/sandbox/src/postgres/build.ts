// Makes a set in hosts that are up: the first member from the template, the others as copies of it before it starts,
// then the primary, its passwords and slots, then the standbys. Resolves when all of them stream.
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxError } from '../errors.ts';
import { cloneFolder } from '../layers/clone.ts';
import { enterArgv } from '../layers/unshare.ts';
import { asUser, giveTo, type DatabaseUser } from '../layers/user.ts';
import { getHost, getInit } from '../site/access.ts';
import { INSIDE } from '../site/layout.ts';
import type { MemberRecord, SetRecord, SiteRecord } from '../site/record.ts';
import { runOk } from '../run.ts';
import { waitFor } from '../wait.ts';
import type { PostgresBinaries } from './binaries.ts';
import { startServer, writeStartCommand } from './member.ts';
import { queryRows, withSocket } from './query.ts';
import { ROLES } from './schema.ts';
import { MEMBER_HBA, identMap, memberAutoConf, memberConf } from './settings.ts';
import { giveIdentity } from './template.ts';

export interface BuildInput {
  readonly record: SiteRecord;
  readonly postgres: PostgresBinaries;
  readonly user: DatabaseUser;
  readonly passwords: ReadonlyMap<string, string>;
}

/** Random passwords, one for each role of a site; hexadecimal, so they need no quoting anywhere. */
export function drawPasswords(): ReadonlyMap<string, string> {
  return new Map(ROLES.map((role) => [role, randomBytes(18).toString('hex')]));
}

/** Folders that must be there before a host mounts them. */
export async function makeMemberFolders(member: MemberRecord, user: DatabaseUser): Promise<void> {
  await mkdir(member.folder, { recursive: true });
  await chmod(member.folder, 0o755);
  const folders = ['socket', 'log', 'secrets', 'agent'].map((name) => join(member.folder, name));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  await mkdir(member.socketFolder, { recursive: true });
  const [socket, log, secrets] = folders as [string, string, string];
  await giveTo(user, socket, log, secrets, member.socketFolder);
}

/** The first member's data directory, a bare copy of the template; needs no host yet. */
export async function cloneFirst(template: string, set: SetRecord): Promise<void> {
  const [first] = set.members;
  if (first !== undefined) await cloneFolder(template, join(first.folder, 'data'));
}

/** All data directories of a set, still stopped; answers the set's system identifier. */
export async function makeDataDirectories(input: BuildInput, set: SetRecord): Promise<string> {
  const [first, ...others] = set.members;
  if (first === undefined) throw new SandboxError('empty-set', `the set ${set.cluster} has no member`);
  const asOwner = (argv: readonly string[]): readonly string[] =>
    enterArgv(getInit(input.record, first.id), asUser(input.user, argv), ['mount', 'pid']);
  const identifier = await giveIdentity(join(first.folder, 'data'), {
    postgres: input.postgres,
    asOwner,
    targetInside: `${INSIDE}/data`,
  });
  await configure(input, set, first);
  // One start in single-user mode sets the passwords (over stdin) and makes this configuration known to pg_control:
  // a standby refuses a copy whose primary seems to run with wal_level = minimal.
  const server = join(input.postgres.folder, 'postgres');
  const single = asOwner([
    server,
    '--single',
    '-F',
    '-j',
    '-c',
    'exit_on_error=true',
    '-D',
    `${INSIDE}/data`,
    'postgres',
  ]);
  const words = [...input.passwords].map(([role, word]) => `ALTER ROLE ${role} PASSWORD '${word}';\n\n`);
  await runOk(single, { input: ['SET synchronous_commit = local;\n\n', ...words].join('') });
  await Promise.all(others.map((member) => cloneFolder(join(first.folder, 'data'), join(member.folder, 'data'))));
  await Promise.all(others.map((member) => configure(input, set, member)));
  return identifier;
}

export async function startSet(input: BuildInput, set: SetRecord): Promise<void> {
  const [primary, ...standbys] = set.members;
  if (primary === undefined) return;
  await startServer(getInit(input.record, primary.id), primary);
  await withSocket({ socketFolder: primary.socketFolder, port: primary.port }, async (client) => {
    await client.query('SET synchronous_commit = local'); // no standby is there to wait for
    const slots = standbys.map((standby) => standby.slot);
    await client.query('SELECT pg_create_physical_replication_slot(name, true) FROM unnest($1::text[]) AS name', [
      slots,
    ]);
  });
  await Promise.all(standbys.map((member) => startServer(getInit(input.record, member.id), member)));
  await waitFor(() => countStreaming(primary, standbys), {
    what: `the standbys of ${set.cluster} to stream`,
    timeoutMs: 30_000,
  });
}

async function countStreaming(primary: MemberRecord, standbys: readonly MemberRecord[]): Promise<boolean> {
  const rows = await queryRows(
    { socketFolder: primary.socketFolder, port: primary.port },
    "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND application_name = ANY ($1::text[])",
    [standbys.map((standby) => standby.id)],
  );
  return rows.length === standbys.length;
}

async function configure(input: BuildInput, set: SetRecord, member: MemberRecord): Promise<void> {
  const upstream = set.members.find((other) => other.id !== member.id) ?? member;
  const upstreamAddress = getHost(input.record, upstream.id).wires.db?.address ?? '';
  const settings = { set, member, upstreamAddress };
  const data = (name: string): string => join(member.folder, 'data', name);
  const passfile = join(member.folder, 'secrets', 'pgpass');
  const files: readonly (readonly [string, string])[] = [
    [data('postgresql.conf'), memberConf(settings)],
    [data('postgresql.auto.conf'), memberAutoConf(settings)],
    [data('pg_hba.conf'), MEMBER_HBA],
    [data('pg_ident.conf'), identMap(input.user)],
    [passfile, `*:*:*:replicator:${input.passwords.get('replicator') ?? ''}\n`],
    ...(member.builtAs === 'standby' ? ([[data('standby.signal'), '']] as const) : []),
  ];
  for (const [path, text] of files) {
    await writeFile(path, text, { mode: 0o600 });
    await giveTo(input.user, path);
  }
  await writeStartCommand(member, input.postgres.folder, input.user);
}
