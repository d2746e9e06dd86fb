// Builds a site: record first, then hosts, wires, and the sets. What fails on the way is taken down again.
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findIdentity } from '../identity.ts';
import { findDatabaseUser } from '../layers/user.ts';
import { findPostgres } from '../postgres/binaries.ts';
import { cloneFirst, drawPasswords, makeDataDirectories, makeMemberFolders, startSet } from '../postgres/build.ts';
import { ensureTemplate } from '../postgres/template.ts';
import { monotonicMs } from '../wait.ts';
import { listMembers } from './access.ts';
import { connectAll, startHost } from './hosts.ts';
import { layOut } from './layout.ts';
import { clearLeftovers, sitesFolder, takeDown, unbornName } from './leftovers.ts';
import { RecordFile } from './record-file.ts';
import type { Profile, SetRecord, SiteRecord } from './record.ts';

export interface SetOptions {
  readonly cluster: string;
  /** Synchronous replication: a commit waits for any one of the other members. */
  readonly sync?: boolean;
  /** `default` leaves Postgres's own timeouts; `tuned` notices a dead connection within seconds. */
  readonly profile?: Profile;
}

export interface CreateOptions {
  readonly root: string;
  readonly sets: readonly SetOptions[];
  readonly members: number;
  /** The site outlives its maker: only taking it down removes it. */
  readonly keep: boolean;
  readonly onProgress: (line: string) => void;
}

export async function buildSite(options: CreateOptions): Promise<RecordFile> {
  const root = resolve(options.root);
  const cleared = await clearLeftovers(root);
  if (cleared.length > 0) options.onProgress(`cleared what a killed run had left: ${cleared.join(', ')}`);
  const startedMs = monotonicMs();
  const say = (line: string): void =>
    options.onProgress(`${((monotonicMs() - startedMs) / 1000).toFixed(2)} s ${line}`);
  const user = findDatabaseUser();
  const postgres = await findPostgres();
  const file = await putOnRecord(root, options, postgres.folder);
  try {
    const template = ensureTemplate(root, postgres, user);
    template.catch(() => undefined); // awaited below, beside the hosts
    const planned = await file.read();
    const passwords = drawPasswords();
    await mkdir(join(file.folder, 'secrets'), { mode: 0o700 });
    for (const [role, word] of passwords) {
      await writeFile(join(file.folder, 'secrets', role), word, { mode: 0o600 });
    }
    for (const outside of planned.outsideFolders) await mkdir(outside, { mode: 0o755 });
    for (const { member } of listMembers(planned)) await makeMemberFolders(member, user);
    const firsts = template.then((made) => Promise.all(planned.sets.map((set) => cloneFirst(made, set))));
    await Promise.all([firsts, ...planned.hosts.map((host) => startHost(file, host))]);
    const record = await file.read();
    say('hosts are up');
    const input = { record, postgres, user, passwords };
    const identifiers = Promise.all(record.sets.map((set) => makeDataDirectories(input, set)));
    const [made] = await Promise.all([identifiers, connectAll(record)]);
    await file.update((now) => ({
      ...now,
      sets: now.sets.map((set, index) => ({ ...set, systemIdentifier: made[index] ?? null })),
    }));
    say('data directories are made');
    await Promise.all(record.sets.map((set) => startSet(input, set)));
    await file.update((now) => ({ ...now, state: 'running' }));
    say(`${options.sets.map((set) => set.cluster).join(', ')}: all standbys stream`);
    return file;
  } catch (error) {
    await takeDown(await file.read());
    throw error;
  }
}

async function putOnRecord(root: string, options: CreateOptions, binFolder: string): Promise<RecordFile> {
  const id = randomBytes(3).toString('hex');
  const folder = join(sitesFolder(root), id);
  const unborn = join(sitesFolder(root), unbornName(id));
  const sets: readonly Omit<SetRecord, 'members' | 'systemIdentifier'>[] = options.sets.map((set) => ({
    cluster: set.cluster,
    sync: set.sync ?? false,
    profile: set.profile ?? 'default',
  }));
  const shortFolder = join(tmpdir(), `petrov-${id}-${randomBytes(4).toString('hex')}`);
  const layout = layOut({ id, folder, shortFolder, sets, membersPerSet: options.members });
  const record: SiteRecord = {
    format: 1,
    id,
    state: 'building',
    createdAtMs: Date.now(),
    owner: options.keep ? null : (findIdentity(process.pid) ?? null),
    folder,
    outsideFolders: [...layout.outsideFolders],
    binFolder,
    hosts: [...layout.hosts],
    sets: [...layout.sets],
    activeFaults: [],
    hasSegment: false,
  };
  await mkdir(unborn, { recursive: true });
  await chmod(unborn, 0o755);
  await new RecordFile(unborn).create(record);
  await rename(unborn, folder);
  return new RecordFile(folder);
}
