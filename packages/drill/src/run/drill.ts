// One drill from nothing to nothing: a rig of its own, the script, the checks on the real servers, and what is left after it.
import { randomBytes } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Preset } from '@petrov/core/cluster';
import type { Profile } from '@petrov/sandbox';
import type { Gathered } from '../checks/facts.ts';
import { unavailableMs } from '../checks/facts.ts';
import { checkDrill, findVerdict } from '../checks/index.ts';
import { checkNothingLeft, collectTraces, type Traces } from '../checks/leftovers.ts';
import { isWithinQuote } from '../checks/promotion.ts';
import type { AppPaths } from '../rig/options.ts';
import { createRig, type Rig } from '../rig/rig.ts';
import type { Scenario } from '../scenario/index.ts';
import { watchCrash } from './crash.ts';
import { gather } from './gather.ts';
import type { OperatorPart } from './operator.ts';
import type { Check, DrillReport } from './report.ts';
import { type Played, playScript, type ScriptInput } from './script.ts';
import type { Decide } from './sequel.ts';
import { NO_TIMINGS, readTimings } from './timings.ts';
import { Watch } from './watch.ts';

export type DrillOptions = {
  readonly scenario: Scenario;
  readonly operator: OperatorPart;
  readonly appPaths: AppPaths;
  /** Templates and sites; the drill's own data lie below `drills/`. */
  readonly root: string;
  readonly isSync?: boolean;
  readonly preset?: Preset;
  readonly profile?: Profile;
  /** The controller dies by SIGKILL at this place and is started again. */
  readonly crashAt?: string | undefined;
  /** Where `report.json` and the logs are copied to. */
  readonly reportFolder?: string | undefined;
  /** In place of the script: how a run that is stuck is resumed or given up. */
  readonly decide?: Decide | undefined;
  readonly onProgress?: (says: string) => void;
  readonly signal?: AbortSignal | undefined;
};

export async function runDrill(options: DrillOptions): Promise<DrillReport> {
  const say = options.onProgress ?? (() => undefined);
  const root = resolve(options.root);
  const folder = join(root, 'drills', randomBytes(4).toString('hex'));
  const problems: string[] = [];
  const rig = await createRig({
    root,
    dataFolder: folder,
    isTemporary: true,
    appPaths: options.appPaths,
    cluster: 'orders',
    environment: 'sandbox',
    sync: isSyncOf(options),
    preset: options.preset ?? 'default',
    profile: options.profile ?? 'default',
    port: 0,
    controllerEnv: places(options),
    ...(options.scenario.onlyFence === undefined ? {} : { onlyFence: options.scenario.onlyFence }),
    neverPromoted: options.scenario.neverPromoted ?? [],
    onProgress: ({ says, atMs }) => say(`${(atMs / 1000).toFixed(1)} s ${says}`),
    onProblem: (says) => problems.push(says),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  let played: Omit<DrillReport, 'passed'> & { readonly checks: Check[] };
  let left: readonly string[] = [];
  let traces: Traces = { namespaces: [], held: [], processes: [], folders: [] };
  try {
    played = await play(options, rig, say);
    if (options.reportFolder !== undefined) await keepLogs(rig, folder, options.reportFolder);
  } finally {
    // At the end: a host that lost its power meanwhile has new namespaces, and the numbers of the old ones may be others' now.
    const pids = [rig.parts.controller.child.pid];
    traces = await collectTraces(root, { site: rig.parts.site.id, pids, folders: [folder] });
    left = await rig.stop();
  }
  const programs: Check = {
    id: 'programs-kept-running',
    ok: problems.length === 0,
    says: problems.length === 0 ? 'no program ended by itself' : problems.join('\n'),
  };
  const gone = checkNothingLeft(traces);
  const end: Check = left.length === 0 ? gone : { ...gone, ok: false, says: [...left, gone.says].join('; ') };
  const checks = [...played.checks, programs, end];
  const report = { ...played, checks, passed: checks.every(({ ok }) => ok) };
  if (options.reportFolder !== undefined) await keepReport(report, options.reportFolder);
  return report;
}

function isSyncOf({ isSync = false, scenario }: DrillOptions): boolean {
  return isSync || scenario.isSync === true;
}

/** Where the controller is to die, or to stop in mid-air. */
function places({ crashAt, scenario }: DrillOptions): Readonly<Record<string, string>> {
  return {
    ...(crashAt === undefined ? {} : { PETROV_CRASH_AT: crashAt }),
    ...(scenario.held === undefined ? {} : { PETROV_STOP_AT: scenario.held.at }),
  };
}

async function play(options: DrillOptions, rig: Rig, say: (says: string) => void) {
  const { scenario, operator, decide, signal } = options;
  const isSync = isSyncOf(options);
  const isControllerDying = options.crashAt !== undefined;
  const input: ScriptInput = { rig, scenario, operator, decide, isControllerDying, say, signal };
  const watch = new Watch(rig);
  const crash = options.crashAt === undefined ? undefined : watchCrash(rig, options.crashAt);
  let known: Played | undefined;
  let facts: Gathered | undefined;
  let broke: unknown;
  try {
    await playScript(input, (played) => (known = played)).catch((error: unknown) => (broke = error));
    await crash?.settled();
    await watch.stop();
    if (known !== undefined) facts = await gather(input, { played: known, watch, isSync, crash: crash?.outcome() });
  } catch (error) {
    broke ??= error;
  } finally {
    await watch.stop();
  }
  signal?.throwIfAborted();
  if (options.reportFolder !== undefined) await keepFacts(options.reportFolder, watch, facts);
  return describeRun(options, facts, broke);
}

function describeRun({ scenario, preset = 'default' }: DrillOptions, facts: Gathered | undefined, broke: unknown) {
  const says = broke instanceof Error ? broke.message : String(broke);
  const toEnd: Check[] = broke === undefined ? [] : [{ id: 'played-to-its-end', ok: false, says }];
  const base = { scenario: scenario.id, preset, truth: scenario.truth };
  if (facts === undefined) {
    const writes = { acknowledged: 0, lost: null, withinQuote: false, unavailableMs: 0 };
    return {
      ...base,
      verdict: 'unseen',
      proposal: null,
      decision: 'none',
      timings: NO_TIMINGS,
      writes,
      splitBrain: false,
      checks: toEnd,
    };
  }
  return {
    ...base,
    verdict: findVerdict(facts),
    proposal: describeProposal(facts),
    decision: facts.answered?.kind ?? 'none',
    timings: readTimings(facts),
    writes: {
      acknowledged: facts.log.acks.length,
      lost: facts.lost?.length ?? null,
      withinQuote: isWithinQuote(facts),
      unavailableMs: unavailableMs(facts),
    },
    splitBrain: facts.log.splitBrains.length > 0,
    checks: [...toEnd, ...checkDrill(facts)],
  };
}

function describeProposal({ asked }: Gathered): DrillReport['proposal'] {
  if (asked === undefined) return null;
  const { id, revision } = asked.proposal;
  const { candidate, loss } = revision.plan;
  return { opened: id, candidate, capBytes: loss.capBytes, upperBoundSeconds: loss.upperBoundSeconds ?? null };
}

async function keepLogs(rig: Rig, dataFolder: string, reportFolder: string): Promise<void> {
  const { site } = rig.parts;
  await mkdir(reportFolder, { recursive: true });
  await cp(join(site.folder, 'petrov'), join(reportFolder, 'hosts'), {
    recursive: true,
    filter: (path) => !path.endsWith('.pem'),
  });
  await cp(rig.parts.client.logFile, join(reportFolder, 'writes.jsonl'));
  await cp(join(dataFolder, 'controller.log'), join(reportFolder, 'controller.log'));
}

/** What was seen and what ran, for whoever wants to know where the time went; writes are in a file of their own. */
async function keepFacts(folder: string, watch: Watch, facts: Gathered | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { fault, answered, runs, audit, messages } = facts ?? {};
  const kept = { seen: watch.seen, fault, answered, runs, audit, messages };
  await writeFile(join(folder, 'facts.json'), `${JSON.stringify(kept, null, 2)}\n`);
}

async function keepReport(report: DrillReport, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
}
