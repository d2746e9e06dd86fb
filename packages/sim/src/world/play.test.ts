// Goal: the whole controller, in a world that breaks, does what each scenario asks and keeps every promise, wherever it dies.
// Method: golden transcripts that a person can read (PETROV_UPDATE_GOLDEN=1 writes them anew), other seeds, a crash matrix.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type Death, type Scenario, scenarios } from '@petrov/scenarios';
import { describe, expect, it } from 'vitest';
import { play, type Played } from './index.ts';

const folder = new URL('./golden/', import.meta.url);
const mustUpdate = process.env['PETROV_UPDATE_GOLDEN'] === '1';

function judge(played: Played, scenario: Scenario): void {
  const { must, mustNever } = scenario;
  expect(played.broken, played.transcript).toEqual([]);
  expect(played.verdicts, played.transcript).toEqual(expect.arrayContaining([...must.verdicts]));
  expect(
    played.verdicts.filter((v) => (mustNever.verdicts as readonly string[]).includes(v)),
    played.transcript,
  ).toEqual([]);
  expect(played.promotions, played.transcript).toBe(must.promotions);
  const ends = played.proposals.map((p) => p.state);
  if (must.ends.length === 0) expect(ends, played.transcript).toEqual([]);
  else expect(must.ends, played.transcript).toContain(ends.at(-1));
  if (must.finalVerdict !== undefined) expect(played.verdicts.at(-1), played.transcript).toBe(must.finalVerdict);
}

function compareGolden(name: string, text: string): void {
  const file = new URL(`${name}.golden.txt`, folder);
  if (mustUpdate) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
  }
  expect(existsSync(file), `no golden transcript ${file.pathname}: run with PETROV_UPDATE_GOLDEN=1`).toBe(true);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

const [onceEach, everywhere] = [false, true].map((dies) =>
  scenarios.filter((s) => (s.diesEverywhere ?? false) === dies),
);

describe('a scenario', () => {
  it.each(onceEach ?? [])('$name reads as it did', (scenario) => {
    const played = play(scenario, { seed: 1 });
    judge(played, scenario);
    compareGolden(scenario.name, played.transcript);
  });

  it.each(scenarios)('$name ends alike whatever the phases of the witnesses', (scenario) => {
    for (const seed of [2, 3, 5, 8]) judge(play(scenario, { seed }), scenario);
  });
});

describe('the crash matrix', () => {
  const places = [
    'before-store',
    'after-store',
    'during-act',
    'after-act',
  ] as const satisfies readonly Death['where'][];

  it.each(everywhere ?? [])(
    '$name: each run comes to its end, with as many promotions as there must be',
    (scenario) => {
      const lines = places.flatMap((where) => {
        const deaths = dieAtEach({ ...scenario, lastsMs: Math.min(scenario.lastsMs, 45_000) }, where);
        expect(deaths.length, where).toBeGreaterThanOrEqual(3);
        return deaths;
      });
      compareGolden(scenario.name, [`# ${scenario.name}`, scenario.about, '', ...lines, ''].join('\n'));
    },
  );
});

/** One line for each death there can be of this kind: how it ended, and the attempts that each step took. */
function dieAtEach(scenario: Scenario, where: Death['where']): readonly string[] {
  const lines: string[] = [];
  for (let nth = 1; nth < 50; nth += 1) {
    const played = play(scenario, { seed: 1, death: { where, nth } });
    if (!played.hasDied) break;
    judge(played, scenario);
    const ends = played.runs.map((run) => {
      const state = played.proposals.find((p) => p.id === run.proposal)?.state;
      expect(['succeeded', 'abandoned'], played.transcript).toContain(state);
      const started = run.journal.flatMap((e) => (e.type === 'started' ? [e.step] : []));
      const steps = [...new Set(started)].map((s) => `${s} ×${started.filter((other) => other === s).length}`);
      return `${state} (${steps.join(', ')})`;
    });
    lines.push(`${where} ${nth}: ${ends.join('; ')}`);
  }
  return lines;
}

describe('an operator', () => {
  it('who says no is not asked again about the same case, and is asked when it comes back another day', () => {
    const [killed] = scenarios;
    if (killed === undefined) throw new Error('no scenario');
    const twice: Scenario = {
      ...killed,
      happenings: [
        { atMs: 0, what: 'kill', member: 'orders-1' },
        { atMs: 20_000, what: 'start', member: 'orders-1' },
        { atMs: 40_000, what: 'kill', member: 'orders-1' },
      ],
      operator: 'rejects',
      lastsMs: 60_000,
    };
    const played = play(twice, { seed: 1 });
    expect(played.broken).toEqual([]);
    expect(
      played.proposals.map((p) => p.state),
      played.transcript,
    ).toEqual(['rejected', 'rejected']);
    expect(played.promotions).toBe(0);
  });

  it('who is asleep finds the question withdrawn or standing, and nothing done', () => {
    const [killed] = scenarios;
    if (killed === undefined) throw new Error('no scenario');
    const played = play({ ...killed, operator: 'nobody', lastsMs: 60_000 }, { seed: 1 });
    expect(played.proposals.map((p) => p.state)).toEqual(['open']);
    expect([played.promotions, played.broken]).toEqual([0, []]);
  });
});
