// Reads and changes site.json. A change is read, altered and renamed into place under a lock file, since the owner of a
// site and a command that breaks something in it may write at the same time; a lock whose holder has died is taken over.
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxError } from '../errors.ts';
import { ProcessIdentity, findIdentity, isAlive } from '../identity.ts';
import { waitFor } from '../wait.ts';
import { SiteRecord } from './record.ts';

export class RecordFile {
  readonly folder: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.folder = folder;
  }

  async read(): Promise<SiteRecord> {
    const record = await findRecord(this.folder);
    if (record !== undefined) return record;
    throw new SandboxError('site-gone', `there is no site in ${this.folder}: it has been taken down`);
  }

  async create(record: SiteRecord): Promise<void> {
    await writeWhole(this.folder, record);
  }

  /** Changes of one process queue up here; changes of several processes wait for the lock. */
  update(change: (record: SiteRecord) => SiteRecord): Promise<SiteRecord> {
    const turn = this.#last.then(() => this.#updateNow(change));
    this.#last = turn.catch(() => undefined); // the caller gets the error; the next change must not
    return turn;
  }

  async #updateNow(change: (record: SiteRecord) => SiteRecord): Promise<SiteRecord> {
    const release = await lock(join(this.folder, 'site.lock'));
    try {
      const changed = SiteRecord.parse(change(await this.read()));
      await writeWhole(this.folder, changed);
      return changed;
    } finally {
      await release();
    }
  }
}

/** Undefined when there is no record; an unreadable one is an error that names the file. */
export async function findRecord(folder: string): Promise<SiteRecord | undefined> {
  const path = join(folder, 'site.json');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return SiteRecord.parse(JSON.parse(text));
  } catch (error) {
    throw new SandboxError('bad-record', `${path} is not a record of a site that this version understands`, error);
  }
}

async function writeWhole(folder: string, record: SiteRecord): Promise<void> {
  const next = join(folder, `site.json.${process.pid}`);
  await writeFile(next, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  await rename(next, join(folder, 'site.json'));
}

async function lock(path: string): Promise<() => Promise<void>> {
  const mine = `${path}.${process.pid}`;
  await writeFile(mine, JSON.stringify(findIdentity(process.pid)));
  try {
    await waitFor(() => tryLock(mine, path), { what: `the lock ${path}`, timeoutMs: 10_000, everyMs: 5 });
  } finally {
    await rm(mine, { force: true });
  }
  return () => rm(path, { force: true });
}

async function tryLock(mine: string, path: string): Promise<boolean> {
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const text = await readFile(path, 'utf8').catch(() => ''); // released between the two calls: the next turn gets it
  const holder = text === '' ? undefined : ProcessIdentity.safeParse(JSON.parse(text)).data;
  if (holder !== undefined && !isAlive(holder)) await rm(path, { force: true });
  return false;
}
