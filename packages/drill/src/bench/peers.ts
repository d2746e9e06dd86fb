// Beside what users would pick instead: other tools by scripts of whoever has them, and Petrov's killed primary with an
// operator who takes 0, 5 and 15 s. One table: how long writes were away, what was lost, whether two took writes.
import { existsSync } from 'node:fs';
import type { AppPaths } from '../rig/options.ts';
import { DrillError } from '../errors.ts';
import type { Scenario } from '../scenario/index.ts';
import { type Figures, figuresOf } from './figures.ts';
import { findOff } from './inside.ts';
import { PEER_SCRIPTS, type PeerRun, type PeerScript, runPeer } from './peer-scripts.ts';
import { playRound, type Round } from './round.ts';

export type PeersOptions = {
  /** Of the other tools' scripts; absent: Petrov alone. */
  readonly directory?: string | undefined;
  readonly python: string;
  readonly root: string;
  readonly appPaths: AppPaths;
  readonly scenario: Scenario;
  readonly rounds: number;
  readonly onProgress: (says: string) => void;
  readonly signal?: AbortSignal | undefined;
};

export type PeerRow = {
  readonly tool: string;
  readonly setting: string;
  readonly scenario: string;
  /** What the figures are from and to. */
  readonly metric: string;
  readonly figures: Figures | undefined;
  /** Acknowledged writes, over all runs. */
  readonly lost: number;
  readonly splitBrains: number;
  /** Why runs are missing. */
  readonly says: string;
};
export type PeersReport = { readonly rows: readonly PeerRow[]; readonly off: readonly string[] };

const OPERATOR_TAKES_S = [0, 5, 15];

export async function comparePeers(options: PeersOptions): Promise<PeersReport> {
  const { directory, onProgress } = options;
  if (directory !== undefined && !existsSync(directory))
    throw new DrillError(
      'no-peers',
      `there is no folder ${directory}: --peers names the one with the other tools' scripts`,
    );
  const off: string[] = [];
  const rows: PeerRow[] = [];
  for (const seconds of OPERATOR_TAKES_S) rows.push(await measureOwn(options, seconds, off));
  if (directory === undefined) onProgress('no other tool is measured: --peers names the folder of their scripts');
  else for (const peer of PEER_SCRIPTS) rows.push(...(await measurePeer({ ...options, directory }, peer)));
  return { rows, off };
}

async function measureOwn(options: PeersOptions, seconds: number, off: string[]): Promise<PeerRow> {
  const { scenario, rounds, onProgress, signal } = options;
  const measured: Round[] = [];
  let says = '';
  for (let round = 1; round <= rounds; round += 1) {
    signal?.throwIfAborted();
    const where = `petrov, operator takes ${seconds} s, ${round} of ${rounds}`;
    try {
      const one = await playRound({ ...options, load: 'idle', decideAfterMs: seconds * 1_000 });
      measured.push(one);
      off.push(...findOff(one.facts).map((what) => `${where}: ${what}`));
      onProgress(`${where}: fault to the first commit ${Math.round(one.faultToWritableMs)} ms`);
    } catch (error) {
      signal?.throwIfAborted();
      says = error instanceof Error ? error.message : String(error);
      off.push(`${where}: ${says}`);
      onProgress(`${where}: ${says}`);
    }
  }
  return {
    tool: 'petrov',
    setting: `operator takes ${seconds} s`,
    scenario: scenario.id,
    metric: 'fault to writable',
    figures: figuresOf(measured.map((one) => one.faultToWritableMs)),
    lost: measured.reduce((sum, one) => sum + one.lost, 0),
    splitBrains: measured.filter((one) => one.isSplitBrain).length,
    says,
  };
}

async function measurePeer(options: PeersOptions & { directory: string }, peer: PeerScript): Promise<PeerRow[]> {
  const { directory, python, rounds, onProgress, signal } = options;
  const rows: PeerRow[] = [];
  for (const setting of peer.settings) {
    signal?.throwIfAborted();
    onProgress(`${peer.tool}, ${setting}: ${rounds} × ${peer.scenarios.join(', ')}`);
    const answer = await runPeer({ directory, python, peer, setting, runs: rounds });
    for (const scenario of peer.scenarios) {
      const runs = answer.ok ? answer.runs.filter((run) => run.scenario === scenario) : [];
      rows.push(rowOf({ tool: peer.tool, setting, scenario }, runs, answer.ok ? '' : answer.says));
    }
  }
  return rows;
}

export function rowOf(
  of: { readonly tool: string; readonly setting: string; readonly scenario: string },
  runs: readonly PeerRun[],
  says: string,
): PeerRow {
  const isManual = of.scenario.startsWith('manual');
  const good = runs.filter((run) => run.error === undefined && run.recovered !== false);
  const seconds = good.flatMap((run) => (isManual ? run.command_to_writable_s : run.rto_s) ?? []);
  const failed = runs.length - good.length;
  const because = runs.find((run) => run.error !== undefined)?.error ?? 'it did not recover';
  return {
    ...of,
    metric: isManual ? 'command to writable' : 'fault to writable',
    figures: figuresOf(seconds.map((s) => s * 1_000)),
    lost: good.reduce((sum, run) => sum + (run.lost_main ?? 0), 0),
    splitBrains: good.filter((run) => run.split_brain === true).length,
    says: failed === 0 ? says : `${failed} of ${runs.length} not measured: ${because}`,
  };
}
