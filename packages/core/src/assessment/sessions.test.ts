// A witness asks over a session that it keeps and over new ones. They differ where the server lives and takes nobody in: what the
// pair means is said, and neither hides the other. Nor does the last word of a kept session hold up the news of a death.
import { T, tell, type Told, topologyOf, witnesses } from '@petrov/sim/cases';
import { emptyMemory, type Observation, type ObservationOf, remember } from '../observation/index.ts';
import { resolvePolicy } from '../cluster/index.ts';
import { expect, it } from 'vitest';
import { assess, type Judgment } from './index.ts';

type Outcome = ObservationOf<'sql'>['outcome'];
/** What both sessions get: absent = isn't asked. */
type Pair = { readonly kept?: Outcome; readonly new?: Outcome };
const FAULT_S = 20;

const over = (session: 'new' | 'persistent', outcome: Outcome, second: number): Observation[] =>
  witnesses.map(({ id }, place) => ({
    by: id,
    cluster: 'orders',
    member: 'orders-1',
    probe: 'sql',
    outcome,
    latencyMs: 2,
    atMs: T + second * 1_000 + (session === 'new' ? 300 : 100) + place,
    facts: { session, ...(outcome === 'ok' ? { inRecovery: false, timeline: 1, startedAtMs: T } : {}) },
  }));

/** The verdicts, each once, of seconds in which the sessions get this; everybody else tells what `toldAt` says. */
function judge(
  until: number,
  pairAt: (second: number) => Pair,
  toldAt: (second: number) => Told = () => ({}),
): string[] {
  const given = { topology: topologyOf(), policy: resolvePolicy({}) };
  let memory = emptyMemory;
  let judgment: Judgment = {};
  const said: string[] = [];
  for (let second = 0; second < until; second += 1) {
    const pair = second < FAULT_S ? well(second) : pairAt(second);
    const others = tell([second, second + 1], toldAt(second)).filter((o) => o.probe !== 'sql');
    const seen = [
      ...others,
      ...(pair.kept === undefined ? [] : over('persistent', pair.kept, second)),
      ...(pair.new === undefined ? [] : over('new', pair.new, second)),
    ];
    memory = remember(memory, seen, given);
    const nowMs = T + second * 1_000 + 500;
    const answer = assess(
      { ...given, nowMs, witnesses, memory, sources: new Map(), primary: 'orders-1', timeline: 1 },
      judgment,
    );
    ({ judgment } = answer);
    const { rule, action } = answer.assessment;
    const word = `${rule} ${action}`;
    if (said.at(-1)?.endsWith(word) !== true) said.push(`${second} s ${word}`);
  }
  return said;
}
/** While all is well a new session is tried each 10 s. */
const well = (second: number): Pair => ({ kept: 'ok', ...(second % 10 === 0 ? { new: 'ok' } : {}) });

it('full slots are said, though the kept session is served', () => {
  expect(judge(60, () => ({ kept: 'ok', new: 'too-many-connections' }))).toEqual([
    '0 s healthy/answers none',
    '21 s primary-degraded/slots warn',
  ]);
});

it('a rotated password is said, though the kept session is served', () => {
  expect(judge(60, () => ({ kept: 'ok', new: 'auth-failed' }))).toEqual([
    '0 s healthy/answers none',
    '20 s common-cause/auth-failed page',
  ]);
});

it('a stopped postmaster takes no new session: said by name, and paged once it has lasted', () => {
  expect(judge(60, () => ({ kept: 'ok', new: 'timeout' }))).toEqual([
    '0 s healthy/answers none',
    '22 s primary-degraded/no-new-sessions warn',
    '30 s primary-degraded/no-new-sessions page',
  ]);
});

it('a lost packet on the way of a new session is nothing', () => {
  expect(judge(60, (s) => ({ kept: 'ok', new: s % 10 === 0 ? 'timeout' : 'ok' }))).toEqual([
    '0 s healthy/answers none',
  ]);
});

it('a kept session that breaks while new ones are served is its own trouble', () => {
  expect(judge(60, () => ({ kept: 'timeout', new: 'ok' }))).toEqual(['0 s healthy/answers none']);
});

const diedAt =
  (death: number) =>
  (second: number): Told => {
    const lost = { status: 'connecting', stillSinceS: death } as const;
    const standbys = { 'orders-2': lost, 'orders-3': lost };
    return second < death ? {} : { writes: 'refused', host: 'absent', standbys };
  };

it('a server that is gone after its postmaster stopped is gone: the kept session vouches only while it is served', () => {
  const pairAt = (s: number): Pair => (s < 40 ? { kept: 'ok', new: 'timeout' } : { new: 'refused' });
  expect(judge(60, pairAt, diedAt(40)).slice(-2)).toEqual([
    '41 s primary-down/dead-answers none',
    '44 s primary-down/dead-answers propose-failover',
  ]);
});

it('the last word of the kept session neither holds up the third refusal nor says that open sessions go on', () => {
  expect(judge(40, () => ({ new: 'refused' }), diedAt(FAULT_S))).toEqual([
    '0 s healthy/answers none',
    '22 s primary-down/dead-answers none',
    '25 s primary-down/dead-answers propose-failover',
  ]);
});
