// For whom commits at the promoted one wait: for no more than stream from it in the end, whatever the setting says, and said
// before anybody agrees.
import { caseOf, type Receiving, T, tell, type Told, topologyOf } from '@petrov/sim/cases';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CommitWait, formatSyncNames } from '../cluster/index.ts';
import type { Observation } from '../observation/index.ts';
import { buildPlan, buildSwitchover, checkPlan, type Plan, type Request } from './index.ts';

const [primary, candidate] = ['orders-1', 'orders-2'];
const ids = [primary, candidate, 'orders-3', 'orders-4'];
const topology = topologyOf(
  ids.map((id) => ({
    id,
    zone: id,
    role: id === primary ? 'primary' : 'standby',
    priority: id === candidate ? 200 : 1,
  })),
);
type World = {
  readonly kind: 'failover' | 'switchover';
  readonly wait?: CommitWait | undefined;
  /** Of the candidate's siblings: does it answer, has it an agent. */
  readonly siblings: Readonly<Record<string, { readonly isHeard: boolean; readonly hasAgent: boolean }>>;
  /** Who streams from the candidate already. */
  readonly cascading?: readonly string[];
  readonly syncState?: string;
  /** The verbs that the candidate's agent obeys; all, unless it's said. */
  readonly allow?: readonly string[];
};

function planOf({ kind, wait, siblings, cascading = [], syncState = 'async', allow }: World): Plan {
  const upstream = (id: string) => ({ upstream: cascading.includes(id) ? candidate : primary });
  const standbys = (more: Receiving) =>
    Object.fromEntries([
      [candidate, more],
      ...Object.entries(siblings).map(([id, { isHeard }]) => [id, { ...more, ...upstream(id), isSilent: !isHeard }]),
    ]) as Readonly<Record<string, Receiving>>;
  const isFailover = kind === 'failover';
  const well: Told = { syncState, host: 'running', standbys: standbys({}) };
  const then: Told = isFailover
    ? { reads: 'refused', host: 'absent', standbys: standbys({ status: 'connecting', stillSinceS: 20 }) }
    : well;
  const agents = [candidate, ...Object.keys(siblings).filter((id) => siblings[id]?.hasAgent)];
  const seen = [...tell([0, 20], { ...well, standbys: standbys({}) }), ...tell([20, 30], then)].map((o) =>
    o.probe === 'wal-receiver' && wait !== undefined
      ? { ...o, facts: { ...o.facts, commitWait: { ...wait, members: wait.names.filter((n) => ids.includes(n)) } } }
      : o,
  );
  const heard = agents.map(
    (member): Observation => ({
      by: `agent:${member}`,
      cluster: 'orders',
      member,
      probe: 'host',
      outcome: 'ok',
      atMs: T + 28_500,
      facts: { postgres: 'running', ...(member === candidate && allow !== undefined ? { allow: [...allow] } : {}) },
    }),
  );
  const given = caseOf([...seen, ...heard], {
    nowS: 29,
    topology,
    ...(isFailover ? { suspectedSinceMs: T + 20_000 } : {}),
  });
  const by = { kind: 'person', id: 'ada', name: 'Ada' } as const;
  const request: Request = { kind: 'switchover', member: candidate, how: 'rewind', by, reason: 'patching.', atMs: T };
  const made = isFailover ? buildPlan(given, 1) : buildSwitchover(given, 1, { request });
  if (!made.ok) throw new Error(made.because);
  expect([made.plan.candidate, checkPlan(made.plan)]).toEqual([candidate, []]);
  return made.plan;
}

const idsOf = (plan: Plan) => plan.steps.map(({ id }) => id);
const all = { isHeard: true, hasAgent: true };
const wait = (method: 'first' | 'any', number: number, ...names: string[]): CommitWait => ({ method, number, names });

describe('commits after a promotion', () => {
  it('wait for no more standbys than stream from it in the end, and for as many as the setting lets them', () => {
    const someone = fc.record({ isHeard: fc.boolean(), hasAgent: fc.boolean() });
    const names = fc.oneof(fc.constant<string[]>(['*']), fc.subarray([...ids, 'backup'], { minLength: 1 }));
    const world = fc.record({
      kind: fc.constantFrom('failover' as const, 'switchover' as const),
      wait: fc.record({
        method: fc.constantFrom('first' as const, 'any' as const),
        number: fc.integer({ min: 0, max: 3 }),
        names,
      }),
      siblings: fc.record({ 'orders-3': someone, 'orders-4': someone }),
      cascading: fc.subarray(['orders-4']),
    });
    fc.assert(
      fc.property(world, (given) => {
        const plan = planOf(given);
        const { number, names: listed } = given.wait;
        const prepare = plan.steps.find((s) => s.verb === 'prepare');
        // The dumb way: who streams from it once everything is done, and of those who is named.
        const streams = [
          ...Object.entries(given.siblings).flatMap(([id, { isHeard, hasAgent }]) =>
            isHeard && (hasAgent || given.cascading.includes(id)) ? [id] : [],
          ),
          ...(given.kind === 'switchover' ? [primary] : []),
        ];
        const named = streams.filter((id) => listed.includes('*') || listed.includes(id)).length;
        const waitsFor = prepare?.waitFor ?? number;
        expect(waitsFor).toBe(Math.min(number, named));
        const value = formatSyncNames({ ...given.wait, number: waitsFor });
        if (prepare !== undefined) {
          expect(prepare.command).toContain(`synchronous_standby_names = '${value}'`);
          expect(plan.consequences.join()).toContain(waitsFor === 0 ? 'wait for no standby' : value);
        }
        const isThere = given.cascading.filter(
          (id) => given.siblings[id as 'orders-4'].isHeard && (listed.includes('*') || listed.includes(id)),
        );
        const hasToCome = waitsFor > isThere.length;
        expect(idsOf(plan).includes('await-commit')).toBe(hasToCome);
        expect(plan.consequences.some((says) => says.includes('return only once'))).toBe(hasToCome);
        expect(idsOf(plan).at(-1) === 'await-commit').toBe(hasToCome);
      }),
      { numRuns: 300 },
    );
  });

  it('by name: one sibling left of two that are waited for, the promoted one itself among the named, a set of two', () => {
    const lone = { 'orders-3': all };
    const lowered = planOf({ kind: 'failover', wait: wait('first', 2, 'orders-3', 'orders-4'), siblings: lone });
    expect(lowered.steps.find((s) => s.verb === 'prepare')).toMatchObject({ member: candidate, waitFor: 1 });
    expect(lowered.consequences).toContain(
      'Commits at orders-2 wait for 1 instead of 2 standbys from then on, since no more of those in its synchronous_standby_names (FIRST 2 ("orders-3", "orders-4")) will stream from it: FIRST 1 ("orders-3", "orders-4") is set before the promotion, and what it was is set again when a standby is brought back by Petrov and enough stream.',
    );
    const shared = planOf({ kind: 'failover', wait: wait('first', 1, candidate), siblings: lone });
    expect(shared.steps.find((s) => s.verb === 'prepare')).toMatchObject({ waitFor: 0 });
    const pair = planOf({ kind: 'switchover', wait: wait('first', 1, primary), siblings: {} });
    expect(idsOf(pair).slice(-3)).toEqual(['return-orders-1', 'drop-old-slots', 'await-commit']);
    expect(pair.consequences.join()).toContain('return only once orders-1 streams from it');
  });

  it('hang where its agent may not lower it: that is said, nothing is planned that it would refuse, and it stays open', () => {
    const allow = ['promote', 'repoint', 'start-as-standby'];
    const plan = planOf({
      kind: 'failover',
      wait: wait('any', 2, 'orders-3', 'orders-4'),
      siblings: { 'orders-3': all },
      allow,
    });
    expect(idsOf(plan)).not.toContain('prepare');
    expect(idsOf(plan).at(-1)).toBe('await-commit');
    expect(plan.consequences.join()).toContain('its agent does not allow "sync-names". Lower it there by hand.');
  });

  it('have who is pointed there kept WAL for: its slot is made while the old primary is fenced', () => {
    const siblings = { 'orders-3': all, 'orders-4': { isHeard: true, hasAgent: false } };
    for (const kind of ['failover', 'switchover'] as const) {
      const fenceOf = (more: Partial<World> = {}) =>
        planOf({ kind, siblings, wait: wait('first', 0), ...more }).steps.find((s) => s.verb === 'fence');
      expect(fenceOf()).toMatchObject({ slots: ['orders_3'], member: primary });
      expect(fenceOf()?.command).toContain('meanwhile agent on orders-2: slots orders_3');
      expect(fenceOf({ siblings: {} })?.slots).toBeUndefined();
    }
    const allow = ['promote', 'repoint'];
    const barred = planOf({ kind: 'failover', siblings, wait: wait('first', 0), allow });
    expect(barred.steps.some((s) => s.slots !== undefined)).toBe(false);
  });

  it('where its setting was not told, it is taken for that of the old primary, and that it is not known is said', () => {
    const unknown = (siblings: World['siblings'], syncState: string) =>
      planOf({ kind: 'failover', siblings, syncState });
    expect(idsOf(unknown({}, 'quorum'))).toContain('prepare');
    const followed = unknown({ 'orders-3': all }, 'quorum');
    expect(idsOf(followed)).not.toContain('prepare');
    expect(idsOf(followed)).toContain('await-commit');
    expect(followed.consequences.join()).toContain('For whom commits at orders-2 will wait is not known');
    expect(idsOf(unknown({}, 'async'))).not.toContain('prepare');
  });
});
