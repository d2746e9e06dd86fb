// What a rig has running outside its site, on disk before anything depends on it: so that the next command can end what a
// killed rig has left, by process identity and never by name.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clearEmbedded, findIdentity, isAlive, killExactly, ProcessIdentity } from '@petrov/sandbox';
import { z } from 'zod';
import { DrillError } from '../errors.ts';
import { waitUntil } from '../wait.ts';

const RigState = z.object({
  format: z.literal(1),
  owner: ProcessIdentity,
  /** The site's id once there is one. */
  site: z.string().optional(),
  processes: z.array(z.object({ name: z.string(), identity: ProcessIdentity })),
  /** Folders outside the data folder, such as one with a short path for sockets. */
  folders: z.array(z.string()),
  /** The data folder goes with the rig: a drill's. */
  isTemporary: z.boolean(),
});
type RigState = z.infer<typeof RigState>;

const NAME = 'rig.json';
/** Folders of the controller's own stores below the data folder; each keeps a record of its own. */
export const STORES = ['postgres', 'redis'] as const;

export class RigRecord {
  readonly #folder: string;
  #state: RigState;
  #last: Promise<void> = Promise.resolve();

  private constructor(folder: string, state: RigState) {
    this.#folder = folder;
    this.#state = state;
  }

  /** Refuses when a living rig holds this data folder. */
  static async take(folder: string, isTemporary: boolean): Promise<RigRecord> {
    await mkdir(folder, { recursive: true, mode: 0o755 });
    const known = await readState(folder);
    if (known !== undefined && isAlive(known.owner)) {
      throw new DrillError(
        'data-in-use',
        `${folder} is used by a Petrov that runs (process ${known.owner.pid}). Stop that one, or choose another folder with --data.`,
      );
    }
    if (known !== undefined) await endRecorded(known);
    const owner = findIdentity(process.pid);
    if (owner === undefined) throw new DrillError('no-identity', 'this process is not in /proc: is /proc mounted?');
    const record = new RigRecord(folder, { format: 1, owner, processes: [], folders: [], isTemporary });
    await record.#write();
    return record;
  }

  async addProcess(name: string, pid: number): Promise<void> {
    const identity = findIdentity(pid);
    if (identity === undefined) return; // ended already: whoever started it learns that from its exit
    await this.#change((state) => ({ ...state, processes: [...state.processes, { name, identity }] }));
  }

  async addFolder(folder: string): Promise<void> {
    await this.#change((state) => ({ ...state, folders: [...state.folders, folder] }));
  }

  async setSite(site: string): Promise<void> {
    await this.#change((state) => ({ ...state, site }));
  }

  /** Ends what still runs of it, removes its folders, and is no more. */
  async close(): Promise<void> {
    await this.#last;
    await endRecorded(this.#state);
    await rm(join(this.#folder, NAME), { force: true });
    if (this.#state.isTemporary) await rm(this.#folder, { recursive: true, force: true });
  }

  #change(change: (state: RigState) => RigState): Promise<void> {
    this.#state = change(this.#state);
    const turn = this.#last.then(() => this.#write());
    this.#last = turn.catch(() => undefined); // told to whoever asked for the change
    return turn;
  }

  async #write(): Promise<void> {
    const beside = join(this.#folder, `${NAME}.${process.pid}`);
    await writeFile(beside, `${JSON.stringify(this.#state, null, 2)}\n`, { mode: 0o600 });
    await rename(beside, join(this.#folder, NAME));
  }
}

/** Ends what killed rigs under this root have left outside their sites; answers where. Sites are cleared by the sandbox. */
export async function clearRigs(root: string): Promise<readonly string[]> {
  const drills = join(root, 'drills');
  const names = await readdir(drills).catch(() => []); // no drill was ever run here
  const cleared: string[] = [];
  for (const folder of [join(root, 'controller'), ...names.map((name) => join(drills, name))]) {
    const known = await readState(folder);
    if (known === undefined || isAlive(known.owner)) continue;
    await endRecorded(known);
    for (const store of STORES) await clearEmbedded(join(folder, store));
    await rm(known.isTemporary ? folder : join(folder, NAME), { recursive: true, force: true });
    cleared.push(folder);
  }
  return cleared;
}

async function endRecorded({ processes, folders }: RigState): Promise<void> {
  for (const { identity } of processes) killExactly(identity);
  await waitUntil(async () => processes.every(({ identity }) => !isAlive(identity)), {
    what: `the end of ${processes.map(({ name }) => name).join(', ')}`,
    timeoutMs: 10_000,
    everyMs: 10,
  });
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
}

async function readState(folder: string): Promise<RigState | undefined> {
  const path = join(folder, NAME);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const parsed = RigState.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new DrillError(
    'bad-record',
    `${path} is not a record that this version understands: end what runs, remove it.`,
  );
}
