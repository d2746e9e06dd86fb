// A whole Petrov for one test, started as a person would at a terminal, with a data folder of its own; the command line
// beside it; and what is left of it on the machine after Ctrl-C.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { z } from 'zod';

const root = join(import.meta.dirname, '../../..');
const petrov = join(root, 'apps/cli/bin/petrov');
const Line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), says: z.string(), seconds: z.number() }),
  z.object({ type: z.literal('ready'), url: z.string(), signIn: z.string() }),
  z.object({ type: z.literal('note'), says: z.string() }),
  z.object({ type: z.literal('problem'), says: z.string() }),
]);
type Line = z.infer<typeof Line>;

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

export class RunningPetrov {
  readonly data: string;
  readonly url: string;
  readonly signIn: string;
  readonly said: readonly Line[];
  readonly #child: ChildProcess;

  private constructor(of: {
    data: string;
    ready: Extract<Line, { type: 'ready' }>;
    said: Line[];
    child: ChildProcess;
  }) {
    this.data = of.data;
    this.url = of.ready.url;
    this.signIn = of.ready.signIn;
    this.said = of.said;
    this.#child = of.child;
  }

  /** In a folder of its own, unless it goes on in that of an earlier one. */
  static async start(earlier?: RunningPetrov): Promise<RunningPetrov> {
    await mkdir(join(root, 'var/test'), { recursive: true });
    const data = earlier?.data ?? (await mkdtemp(join(root, 'var/test/e2e-')));
    const child = spawn(petrov, ['--json', '--data', data, 'up', '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: Line[] = [];
    let errors = '';
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    for await (const text of createInterface(child.stdout)) {
      const line = Line.parse(JSON.parse(text));
      said.push(line);
      if (line.type !== 'ready') continue;
      child.stdout.resume();
      return new RunningPetrov({ data, ready: line, said, child });
    }
    throw new Error(`petrov up ended before it was ready: ${errors}\n${JSON.stringify(said)}`);
  }

  /** `petrov …` beside it. */
  async run(...args: readonly string[]): Promise<Ran> {
    return await run(petrov, ['--data', this.data, ...args]);
  }

  /** Its own store, as the superuser that owns it. */
  async sql(statement: string): Promise<Ran> {
    const socket = join(this.data, 'controller/postgres/socket');
    return await run('psql', [
      '-X',
      '-v',
      'ON_ERROR_STOP=1',
      '-h',
      socket,
      '-U',
      'postgres',
      'petrov',
      '-c',
      statement,
    ]);
  }

  /** Ctrl-C; answers the exit code. */
  async interrupt(): Promise<number | null> {
    const { exitCode } = this.#child;
    if (exitCode !== null) return exitCode;
    const exited = once(this.#child, 'exit') as Promise<[number | null]>;
    this.#child.kill('SIGINT');
    return (await exited)[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.interrupt();
    await rm(this.data, { recursive: true, force: true });
  }
}

/** Processes that name the folder, mounts in it, namespaces by name: all of it that a machine would still show. */
export async function findLeftovers(data: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const commands = await Promise.all(
    pids.map(async (pid) => (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')),
  );
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  const named = (await run('ip', ['netns', 'list'])).stdout.split('\n').filter((line) => line.includes('petrov'));
  return [...commands.filter((line) => line.includes(data)), ...mounts.filter((line) => line.includes(data)), ...named];
}

async function run(file: string, args: readonly string[]): Promise<Ran> {
  try {
    return { code: 0, ...(await promisify(execFile)(file, args, { timeout: 60_000 })) };
  } catch (error) {
    const failed = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() }).safeParse(error);
    if (!failed.success) throw error;
    return failed.data;
  }
}
