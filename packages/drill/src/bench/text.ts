// The figures as a person reads them: one table, then what was off and which goals are met.
import type { Compared, PromoteReport } from './promote.ts';
import type { PeersReport } from './peers.ts';
import { PARTS } from './parts.ts';

export function sayPromote({ compared, off }: PromoteReport): string {
  const rows = compared.map((one) => [
    one.scenario,
    one.load,
    sayMs(one.bare?.medianMs),
    sayMs(one.bare?.p90Ms),
    sayMs(one.petrov?.medianMs),
    sayMs(one.petrov?.p90Ms),
    String(one.ratio ?? '-'),
    `${one.bare?.n ?? 0}/${one.petrov?.n ?? 0}`,
  ]);
  const parts = compared.map((one) => [one.scenario, one.load, ...PARTS.map((part) => sayMs(one.parts[part]))]);
  const heads = ['scenario', 'load', 'bare median', 'p90', 'petrov median', 'p90', 'ratio', 'n'];
  return [
    renderRows([heads, ...rows]),
    '',
    'Where it goes, medians in ms:',
    renderRows([['scenario', 'load', ...PARTS], ...parts]),
    '',
    ...compared.flatMap(sayGoals),
    ...sayOff(off),
  ].join('\n');
}

export function sayPeers({ rows, off }: PeersReport): string {
  const heads = ['tool', 'setting', 'scenario', 'metric', 'n', 'median s', 'p90 s', 'lost', 'two took writes', ''];
  const seconds = (ms: number | undefined): string => (ms === undefined ? '-' : (ms / 1_000).toFixed(2));
  const lines = rows.map((row) => [
    row.tool,
    row.setting,
    row.scenario,
    row.metric,
    String(row.figures?.n ?? 0),
    seconds(row.figures?.medianMs),
    seconds(row.figures?.p90Ms),
    row.figures === undefined ? '-' : String(row.lost),
    row.figures === undefined ? '-' : String(row.splitBrains),
    row.says,
  ]);
  return [renderRows([heads, ...lines]), '', ...sayOff(off)].join('\n');
}

function sayGoals({ scenario, load, goals }: Compared): readonly string[] {
  return goals.map(({ says, isMet }) => `${scenario}, ${load}: goal ${isMet ? 'met' : 'NOT met'}: ${says}`);
}

function sayOff(off: readonly string[]): readonly string[] {
  if (off.length === 0) return ['Look, fence, journal and audit were inside in every run.'];
  return ['These runs count for nothing:', ...off.map((says) => `  ${says}`)];
}

function sayMs(ms: number | undefined): string {
  return ms === undefined ? '-' : String(ms);
}

function renderRows(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)), []);
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
