// Scripts that measure other tools in laboratories of their own: one Python program a tool, one JSON line a run. They aren't
// part of Petrov: the folder is named by whoever has them, and what isn't there, or can't run here, is said and left out.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

export type PeerScript = {
  readonly tool: string;
  readonly script: string;
  readonly settings: readonly string[];
  readonly scenarios: readonly string[];
};

/** `manual_dead`: an operator's command after the primary died, which is where a person decides with these tools too. */
export const PEER_SCRIPTS: readonly PeerScript[] = [
  {
    tool: 'patroni',
    script: 'bench_patroni.py',
    settings: ['default', 'tuned-ttl8-loop2-retry3'],
    scenarios: ['kill_host', 'kill_postgres'],
  },
  { tool: 'patroni', script: 'bench_patroni.py', settings: ['default'], scenarios: ['manual_dead'] },
  { tool: 'repmgr', script: 'bench_repmgr.py', settings: ['default', 'tuned'], scenarios: ['kill_host'] },
  { tool: 'repmgr', script: 'bench_repmgr.py', settings: ['no repmgrd'], scenarios: ['manual_dead'] },
  {
    tool: 'pg_auto_failover',
    script: 'bench_pgaf.py',
    settings: ['default', 'tuned'],
    scenarios: ['kill_host', 'kill_postgres'],
  },
];

export const PeerRun = z.object({
  tool: z.string(),
  setting: z.string(),
  scenario: z.string(),
  error: z.string().optional(),
  /** Fault to the next acknowledged write, s. */
  rto_s: z.number().optional(),
  command_to_writable_s: z.number().nullish(),
  recovered: z.boolean().optional(),
  lost_main: z.number().nullish(),
  split_brain: z.boolean().optional(),
});
export type PeerRun = z.infer<typeof PeerRun>;

export type PeerAnswer =
  | { readonly ok: true; readonly runs: readonly PeerRun[] }
  | { readonly ok: false; readonly says: string };

const RUN_WITHIN_MS = 400_000;
const SETTLE_S = '8';

/** All runs of one setting. A script that ends badly after some runs has measured those. */
export async function runPeer(of: {
  readonly directory: string;
  readonly python: string;
  readonly peer: PeerScript;
  readonly setting: string;
  readonly runs: number;
}): Promise<PeerAnswer> {
  const { directory, python, peer, setting, runs } = of;
  if (!existsSync(join(directory, peer.script))) return { ok: false, says: `there is no ${peer.script}` };
  const folder = await mkdtemp(join(tmpdir(), 'petrov-peers-'));
  try {
    const out = join(folder, 'runs.jsonl');
    const argv = ['--setting', setting, '--scenario', peer.scenarios.join(','), '--runs', String(runs)];
    const ended = await runScript(python, [join(directory, peer.script), ...argv, '--settle', SETTLE_S, '--out', out], {
      directory,
      timeoutMs: RUN_WITHIN_MS * runs * peer.scenarios.length,
    });
    const text = existsSync(out) ? await readFile(out, 'utf8') : '';
    const measured = readPeerRuns(text);
    if (measured.length > 0) return { ok: true, runs: measured };
    return { ok: false, says: ended === '' ? `${peer.script} told nothing` : ended };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lines that are no run, such as of another kind of measurement, are left out. */
export function readPeerRuns(text: string): readonly PeerRun[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => PeerRun.safeParse(JSON.parse(line)).data ?? []);
}

/** The last line of what it complained of; empty when it ended well. */
async function runScript(
  python: string,
  argv: readonly string[],
  { directory, timeoutMs }: { readonly directory: string; readonly timeoutMs: number },
): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const child = spawn(python, argv, {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGINT', // the scripts take their laboratories down on it
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2_000)));
  child.on('error', (error) => resolve(`cannot run ${python}: ${error.message}`));
  child.on('close', (code) => resolve(code === 0 ? '' : (complaint.trim().split('\n').at(-1) ?? `exit code ${code}`)));
  return await promise;
}
