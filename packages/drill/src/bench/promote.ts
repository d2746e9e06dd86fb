// What Petrov's care costs: approve to the first commit of a multi-host client, over a bare `SELECT pg_promote()` to the
// first commit of the same client, in one run on one machine, alternating, so that what else the machine does falls on both.
import type { AppPaths } from '../rig/options.ts';
import type { Scenario } from '../scenario/index.ts';
import { measureBare } from './bare.ts';
import { type Figures, figuresOf } from './figures.ts';
import { findOff } from './inside.ts';
import type { Load } from './load.ts';
import { PARTS, type Parts } from './parts.ts';
import { playRound, type Round } from './round.ts';

export type PromoteOptions = {
  readonly root: string;
  readonly appPaths: AppPaths;
  readonly scenarios: readonly Scenario[];
  readonly loads: readonly Load[];
  readonly rounds: number;
  readonly onProgress: (says: string) => void;
  readonly signal?: AbortSignal | undefined;
};

export type Goal = { readonly says: string; readonly isMet: boolean };
export type Compared = {
  readonly scenario: string;
  readonly load: Load;
  readonly bare: Figures | undefined;
  readonly petrov: Figures | undefined;
  /** Of the medians. */
  readonly ratio: number | undefined;
  readonly goals: readonly Goal[];
  /** Medians, ms. */
  readonly parts: Readonly<Record<(typeof PARTS)[number], number | undefined>>;
};
export type PromoteReport = {
  readonly compared: readonly Compared[];
  /** What was off in a round, or why it could not be measured: the figures don't count then. */
  readonly off: readonly string[];
};

type Measured = { readonly bareMs: number[]; readonly petrovMs: number[]; readonly parts: Parts[] };

const MEDIAN_GOAL_MS = 1_000;
const RATIO_GOAL = 2;
/** Where the primary answers nothing, waiting for that is inside as well. */
const SILENCE_GOAL_MS = 1_000;

export async function measurePromote(options: PromoteOptions): Promise<PromoteReport> {
  const { scenarios, loads, rounds, onProgress, signal } = options;
  const cases = scenarios.flatMap((scenario) =>
    loads.map((load) => ({ scenario, load, measured: { bareMs: [], petrovMs: [], parts: [] } as Measured })),
  );
  const off: string[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const one of cases) {
      const where = `${one.scenario.id}, ${one.load}, ${round} of ${rounds}`;
      const bare = () => takeBare(options, one);
      const petrov = () => takePetrov(options, one, (says) => off.push(`${where}: ${says}`));
      for (const take of round % 2 === 1 ? [bare, petrov] : [petrov, bare]) {
        signal?.throwIfAborted();
        try {
          onProgress(`${where}: ${await take()}`);
        } catch (error) {
          signal?.throwIfAborted();
          off.push(`${where}: ${error instanceof Error ? error.message : String(error)}`);
          onProgress(off.at(-1) ?? where);
        }
      }
    }
  }
  return { compared: cases.map(compare), off };
}

type Case = { readonly scenario: Scenario; readonly load: Load; readonly measured: Measured };

async function takeBare({ root, signal }: PromoteOptions, { scenario, load, measured }: Case): Promise<string> {
  const ms = await measureBare({ root, fault: scenario.fault, load, signal });
  measured.bareMs.push(ms);
  return `bare pg_promote() to the first commit ${Math.round(ms)} ms`;
}

async function takePetrov(
  { root, appPaths, signal }: PromoteOptions,
  { scenario, load, measured }: Case,
  onOff: (says: string) => void,
): Promise<string> {
  const round: Round = await playRound({ root, appPaths, scenario, load, signal });
  const off = findOff(round.facts);
  for (const says of off) onOff(says);
  measured.petrovMs.push(round.approveToWritableMs);
  measured.parts.push(round.parts);
  const parts = PARTS.map((part) => `${part} ${Math.round(round.parts[part])}`).join(', ');
  const all = off.length === 0 ? 'look, fence, journal and audit inside' : `OFF: ${off.join('; ')}`;
  return `approve to the first commit ${Math.round(round.approveToWritableMs)} ms (${parts}); ${all}`;
}

function compare({ scenario, load, measured }: Case): Compared {
  const bare = figuresOf(measured.bareMs);
  const petrov = figuresOf(measured.petrovMs);
  const medianOf = (part: (typeof PARTS)[number]) =>
    figuresOf(measured.parts.map((one) => one[part]).filter((ms) => Number.isFinite(ms)))?.medianMs;
  const [decide, look, fence, settle, promote, client] = PARTS.map(medianOf);
  return {
    scenario: scenario.id,
    load,
    bare,
    petrov,
    ratio: bare && petrov ? Math.round((petrov.medianMs / Math.max(1, bare.medianMs)) * 100) / 100 : undefined,
    goals: bare && petrov ? goalsOf(scenario, bare, petrov) : [],
    parts: { decide, look, fence, settle, promote, client },
  };
}

/** Only a server whose machine still stands answers that it's dead. */
function goalsOf({ fault }: Scenario, bare: Figures, petrov: Figures): readonly Goal[] {
  const isSilence = fault.name !== 'kill';
  return [
    isSilence
      ? {
          says: `at most ${SILENCE_GOAL_MS} ms more than bare (silence)`,
          isMet: petrov.medianMs <= bare.medianMs + SILENCE_GOAL_MS,
        }
      : {
          says: `at most ${RATIO_GOAL} × bare (dead answers, an agent that fences)`,
          isMet: petrov.medianMs <= RATIO_GOAL * bare.medianMs,
        },
    { says: `a median of at most ${MEDIAN_GOAL_MS} ms`, isMet: petrov.medianMs <= MEDIAN_GOAL_MS },
  ];
}
