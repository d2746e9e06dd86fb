// Takes sites down, strictly by their record: ends each init (which ends everything in its namespaces), then removes the
// site's folders. Clearing does this for every site whose owner has died.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ProcessIdentity, findIdentity, isAlive } from '../identity.ts';
import { endInit } from '../layers/unshare.ts';
import { findRecord } from './record-file.ts';
import type { SiteRecord } from './record.ts';

export function sitesFolder(root: string): string {
  return join(root, 'sites');
}

/** All sites on record under this root, with whether their owner lives. */
export async function listSites(root: string): Promise<readonly { record: SiteRecord; isOwned: boolean }[]> {
  const found = await Promise.all((await namesIn(root)).map((name) => findRecord(join(sitesFolder(root), name))));
  return found
    .filter((record) => record !== undefined)
    .map((record) => ({ record, isOwned: record.owner === null || isAlive(record.owner) }));
}

/** Removes whatever belongs to sites whose owner has died; answers their ids. */
export async function clearLeftovers(root: string): Promise<readonly string[]> {
  const cleared: string[] = [];
  for (const { record, isOwned } of await listSites(root)) {
    if (isOwned) continue;
    await takeDown(record);
    cleared.push(record.id);
  }
  for (const name of await namesIn(root)) await clearUnborn(join(sitesFolder(root), name), name);
  return cleared;
}

/** Ends a site, whoever owns it. Safe to call twice, and from several processes at once. */
export async function takeDown(record: SiteRecord): Promise<void> {
  // Read again: an init may have come onto the record since.
  const now = (await findRecord(record.folder)) ?? record;
  await Promise.all(now.hosts.map(async (host) => host.init !== null && (await endInit(host.init))));
  for (const folder of [...now.outsideFolders, now.folder]) {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

/** The folder of a site that has no record yet is named for its maker; see `unbornName`. */
export function unbornName(id: string): string {
  const self = findIdentity(process.pid);
  return `unborn.${self?.pid}.${self?.startTicks}.${id}`;
}

async function clearUnborn(folder: string, name: string): Promise<void> {
  const [kind, pid, startTicks] = name.split('.');
  if (kind !== 'unborn') return;
  const maker = ProcessIdentity.parse({ pid: Number(pid), startTicks, bootId: findIdentity(process.pid)?.bootId });
  if (!isAlive(maker)) await rm(folder, { recursive: true, force: true });
}

async function namesIn(root: string): Promise<readonly string[]> {
  return await readdir(sitesFolder(root)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}
