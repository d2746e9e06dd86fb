// It serves badly only while it answers reads: a server that is dead, or has just come back, is not one whose commits wait.
import { type Receiving, T, tell, type Told } from '@petrov/sim/cases';
import { judgeEachSecond } from '@petrov/sim/judge-each-second';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../observation/index.ts';
import type { Assessment } from './index.ts';

const lost: Receiving = { status: 'connecting', stillSinceS: 20 };
const both = (r: Receiving) => ({ 'orders-2': r, 'orders-3': r });
const client = { succeeded: 0, failed: 9 };
const sequence = (judged: readonly Assessment[]) =>
  judged.map((a) => `${a.verdict}/${a.action}`).filter((says, i, all) => says !== all[i - 1]);
const at = (judged: readonly Assessment[], second: number) => judged.find((a) => a.atMs === T + second * 1_000)?.action;

describe('commits that wait', () => {
  it('are none of a server that answers nobody: that is undecided, and paged', () => {
    const seen = [
      ...tell([0, 20], { standbys: { 'orders-2': { timeline: 7 } } }),
      ...tell([20, 50], { reads: 'refused', standbys: { 'orders-2': { timeline: 7, status: 'connecting' } } }),
    ];
    const readsFirst = seen.map((o) => (o.probe === 'sql' ? { ...o, atMs: o.atMs - 10 } : o));
    expect(sequence(judgeEachSecond(readsFirst, { untilS: 49 }))).toEqual([
      'healthy/none',
      'inconclusive/none',
      'inconclusive/page',
    ]);
  });

  it('are none of a server that has just come back, and its return pages nobody', () => {
    const dead = tell([20, 40], { reads: 'refused', standbys: both(lost) });
    expect(sequence(judgeEachSecond([...tell([0, 20], {}), ...dead, ...tell([40, 50], {})], { untilS: 49 }))).toEqual([
      'healthy/none',
      'inconclusive/none',
      'primary-down/none',
      'primary-down/propose-failover',
      'inconclusive/none',
      'healthy/none',
    ]);
  });
});

describe('a hang that is proposed', () => {
  const hangs = { writes: 'timeout', standbys: both({ stillSinceS: 20, ageMs: 100 }) } as const;

  it('stands while its second kind is not heard for less than 5 s, and no longer', () => {
    const seen = [...tell([0, 20], { client: { succeeded: 9, failed: 0 } }), ...tell([20, 60], { ...hangs, client })];
    const judged = judgeEachSecond([...seen, ...tell([60, 80], hangs)], { untilS: 79 });
    // The client was heard last at 59; its word counts for 5 s, and what it leaves open is borne for 5 s more.
    expect(at(judged, 64)).toBe('propose-failover');
    expect(at(judged, 69)).toBe('propose-failover');
    expect(at(judged, 70)).toBe('page');
  });
});

describe('writes that stand for all', () => {
  const told = (how: Told, more: readonly Observation[] = []) => {
    const judged = judgeEachSecond([...tell([0, 20], {}), ...more, ...tell([20, 40], how)], { untilS: 39 });
    return sequence(judged).slice(1);
  };
  const warned = ['primary-degraded/warn'];
  const paged = ['primary-degraded/warn', 'primary-degraded/page'];

  it('are paged once they have stood 10 s: disk full, read-only, commits that wait or hang', () => {
    expect(told({ writes: 'disk-full' })).toEqual(paged);
    expect(told({ writes: 'read-only' })).toEqual(paged);
    expect(told({ writes: 'timeout' })).toEqual(paged);
    const waits = tell([20, 40], { writes: 'timeout' }).map(
      (o): Observation => (o.probe === 'wal-senders' ? { ...o, facts: { standbys: [], waitingForSync: 4 } } : o),
    );
    expect(sequence(judgeEachSecond([...tell([0, 20], {}), ...waits], { untilS: 39 })).slice(1)).toEqual(paged);
  });

  it('are told without waking anybody while clients’ writes succeed, or while it was declared', () => {
    expect(told({ writes: 'timeout', client: { succeeded: 9, failed: 0 } })).not.toContain('primary-degraded/page');
    const maintenance: Observation = {
      by: 'ada',
      cluster: 'orders',
      probe: 'intent',
      outcome: 'declared',
      atMs: T + 19_000,
      facts: { kind: 'maintenance', untilMs: T + 90_000, owner: 'ada' },
    };
    expect(told({ writes: 'read-only' }, [maintenance])).toEqual(warned);
  });

  it('are so too where no connection slot is free, once clients fail', () => {
    const slots = { reads: 'too-many-connections', writes: 'too-many-connections' } as const;
    expect(told(slots)).toEqual(warned);
    expect(told({ ...slots, client })).toEqual(paged);
  });
});
