// The ways to a site: make one, or open a running one from its record in any process.
import { resolve } from 'node:path';
import { SandboxError } from '../errors.ts';
import { buildSite, type SetOptions } from './create.ts';
import { clearLeftovers, listSites, takeDown } from './leftovers.ts';
import { RecordFile } from './record-file.ts';
import type { Profile } from './record.ts';
import { Site } from './site.ts';

export interface SiteOptions {
  /** Folder for templates and sites; default `var` in the current folder. */
  readonly root?: string;
  readonly cluster?: string;
  readonly members?: number;
  /** Synchronous replication: a commit waits for any one of the standbys. */
  readonly sync?: boolean;
  /** `default`: Postgres's own timeouts. `tuned`: dead connections are noticed within seconds. */
  readonly profile?: Profile;
  /** More sets on the same networks, each a system of its own. */
  readonly moreSets?: readonly SetOptions[];
  /** The site outlives its maker, and only `downSite` or `close` removes it. */
  readonly keep?: boolean;
  /** What is asked before each later start of a member; the build itself asks no gate. */
  readonly gateFor?: (memberId: string) => readonly string[] | undefined;
  readonly onProgress?: (line: string) => void;
}

/** From nothing to a streaming set; clears first what killed runs have left under the same root. */
export async function createSite(options: SiteOptions = {}): Promise<Site> {
  const { cluster = 'orders', sync = false, profile = 'default' } = options;
  const file = await buildSite({
    root: options.root ?? 'var',
    sets: [{ cluster, sync, profile }, ...(options.moreSets ?? [])],
    members: options.members ?? 3,
    keep: options.keep ?? false,
    onProgress: options.onProgress ?? (() => undefined),
  });
  const site = await Site.fromRecord(file);
  for (const id of site.memberIds()) await site.setGate(id, options.gateFor?.(id));
  return site;
}

/** A running site by its id, or the only one there is. */
export async function openSite(root: string, id?: string): Promise<Site> {
  const running = (await listSites(resolve(root))).filter(
    ({ record, isOwned }) => isOwned && record.state === 'running',
  );
  const ids = running.map(({ record }) => record.id);
  const [wanted, ...others] = running.filter(({ record }) => id === undefined || record.id === id);
  if (wanted === undefined) {
    const there = ids.length === 0 ? 'none runs; start one with "petrov up" or "petrov sandbox up"' : ids.join(', ');
    throw new SandboxError(
      'no-site',
      `there is no ${id === undefined ? 'site' : `site ${id}`} under ${root}: ${there}`,
    );
  }
  if (others.length > 0) {
    throw new SandboxError('many-sites', `several sites run under ${root}, say which: ${ids.join(', ')}`);
  }
  return await Site.fromRecord(new RecordFile(wanted.record.folder));
}

/** Takes down one site, or all under this root, and clears leftovers; answers the ids that are gone. */
export async function downSites(root: string, id?: string): Promise<readonly string[]> {
  const gone = [...(await clearLeftovers(resolve(root)))];
  for (const { record } of await listSites(resolve(root))) {
    if (id !== undefined && record.id !== id) continue;
    await takeDown(record);
    gone.push(record.id);
  }
  return gone;
}
