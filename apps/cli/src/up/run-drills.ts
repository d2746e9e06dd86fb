// Plays drills one after the other and prints what each came to; with several runs of a scenario, a summary of it.
import { join, resolve } from 'node:path';
import { DrillError, type DrillReport, type DrillSummary, runDrill, type Scenario, summarise } from '@petrov/drill';
import { SandboxError } from '@petrov/sandbox';
import type { Cli } from '../cli.ts';
import type { DrillRunOptions } from '../commands/drill.ts';
import { CliError } from '../errors.ts';
import { appPaths } from './app-paths.ts';
import { watchStopSignals } from './stop-signals.ts';

export async function runDrills(cli: Cli, scenarios: readonly Scenario[], options: DrillRunOptions): Promise<void> {
  const stop = watchStopSignals(cli.note);
  const failed: string[] = [];
  try {
    for (const scenario of scenarios) {
      const reports: DrillReport[] = [];
      for (let turn = 1; turn <= options.repeat; turn += 1) {
        stop.signal.throwIfAborted();
        const report = await playOne(cli, scenario, { options, turn, signal: stop.signal });
        cli.answer(report, () => tellReport(report));
        reports.push(report);
        if (!report.passed) failed.push(`${scenario.id}${options.repeat > 1 ? ` (run ${turn})` : ''}`);
      }
      if (options.repeat > 1) {
        const summary = summarise(reports);
        cli.answer(summary, () => tellSummary(summary));
      }
    }
  } catch (error) {
    if (stop.signal.aborted) throw new CliError('Stopped. Nothing of the drill is left.');
    if (error instanceof DrillError || error instanceof SandboxError)
      throw new CliError(error.message, 1, { cause: error });
    throw error;
  } finally {
    stop.dispose();
  }
  if (failed.length > 0) throw new CliError(`not passed: ${failed.join(', ')}.`);
}

type Turn = { readonly options: DrillRunOptions; readonly turn: number; readonly signal: AbortSignal };

async function playOne(cli: Cli, scenario: Scenario, { options, turn, signal }: Turn): Promise<DrillReport> {
  const { report } = options;
  const folder = report === undefined ? undefined : join(resolve(report), `${scenario.id}-${turn}`);
  return await runDrill({
    scenario,
    operator: options.operator,
    appPaths: appPaths(cli.settings.root),
    root: cli.options().data,
    isSync: options.sync,
    preset: options.preset,
    profile: options.tuned ? 'tuned' : 'default',
    crashAt: options.crashControllerAt,
    reportFolder: folder,
    onProgress: (says) => cli.note(`  ${says}`),
    signal,
  });
}

function tellReport(report: DrillReport): string {
  const { timings, writes } = report;
  const ms = (value: number | null): string => (value === null ? '–' : `${value} ms`);
  return [
    `${report.passed ? 'PASSED' : 'FAILED'}  ${report.scenario} (${report.preset}): verdict ${report.verdict}, decision ${report.decision}`,
    `  fault → suspicion ${ms(timings.faultToSuspicionMs)}, proposal ${ms(timings.faultToProposalMs)}, page ${ms(timings.faultToPageMs)}`,
    `  approve → promoted ${ms(timings.approveToPromotedMs)}, writable ${ms(timings.approveToWritableMs)}; fault → writable ${ms(timings.faultToWritableMs)}`,
    `  writes: ${writes.acknowledged} acknowledged, ${writes.lost ?? 'an unknown number'} lost, away for ${writes.unavailableMs} ms`,
    ...report.checks.map(({ id, ok, says }) => `  ${ok ? 'ok  ' : 'FAIL'} ${id}: ${says}`),
  ].join('\n');
}

function tellSummary(summary: DrillSummary): string {
  const rows = Object.entries(summary.timings)
    .filter(([, { medianMs }]) => medianMs !== null)
    .map(([name, { medianMs, worstMs }]) => `  ${name}: median ${medianMs}, worst ${worstMs}`);
  return [
    `${summary.passed} of ${summary.runs} passed. ${summary.writes.lost ?? 'An unknown number of'} writes lost in all.`,
    ...rows,
  ].join('\n');
}
