// Cases that look alike and aren't: what corroborates a death, what vetoes it, what says nothing. Each is told second by
// second and judged at its end.
import { type CaseGiven, caseOf, lsnAt, type Receiving, tell, type Told, topologyOf, T } from '@petrov/sim/cases';
import { judgeEachSecond } from '@petrov/sim/judge-each-second';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../observation/index.ts';
import { type Assessment, find } from './index.ts';
import { corroborate } from './corroborate.ts';
import { findSignsOfLife } from './veto.ts';

const quiet = { status: 'connecting', stillSinceS: 20 } as const satisfies Receiving;
const lost: Told = { reads: 'refused', standbys: { 'orders-2': quiet, 'orders-3': quiet } };
const hearsNothing = { stillSinceS: 20, ageMs: 5_000 } as const satisfies Receiving;
const well = tell([0, 20], {});

/** What is believed at that second. */
function judge(seen: readonly Observation[], untilS: number, given: Omit<CaseGiven, 'nowS'> = {}): Assessment {
  const last = judgeEachSecond(seen, { ...given, untilS }).at(-1);
  if (last === undefined) throw new Error('nothing was judged');
  return last;
}
const corroborations = (told: Told, given: Partial<CaseGiven> = {}) => {
  const it = caseOf([...well, ...tell([20, 30], told)], { nowS: 29, suspectedSinceMs: T + 20_000, ...given });
  return corroborate(it, find(it)).map((c) => c.by);
};
const signs = (told: Told, given: Partial<CaseGiven> = {}) => {
  const it = caseOf([...well, ...tell([20, 30], told)], { nowS: 29, suspectedSinceMs: T + 20_000, ...given });
  return findSignsOfLife(it, find(it)).map((s) => `${s.id}${s.isVeto ? ' veto' : ''}`);
};

describe('a second kind of evidence', () => {
  it('is every attached standby that lost its stream, its WAL standing still', () => {
    expect(corroborations(lost)).toEqual(['standbys']);
  });

  it('isn’t one that was broken before the trouble, stopped by somebody, or cascading', () => {
    const only = (r: Receiving, before: Receiving = r) => {
      const seen = [
        ...tell([0, 20], { standbys: { 'orders-2': before } }),
        ...tell([20, 40], { reads: 'timeout', standbys: { 'orders-2': r } }),
      ];
      const it = caseOf(seen, { nowS: 39, suspectedSinceMs: T + 20_000 });
      return corroborate(it, find(it)).map((c) => c.by);
    };
    expect(only({ status: 'connecting', stillSinceS: 0 })).toEqual([]);
    expect(only({ status: 'stopped', stillSinceS: 20 }, {})).toEqual([]);
    expect(only({ upstream: 'orders-3', stillSinceS: 20 }, { upstream: 'orders-3' })).toEqual([]);
    expect(only({ status: 'connecting', stillSinceS: 20 }, {})).toEqual(['standbys']);
  });

  it('is not kept away by a standby that somebody stopped: the others speak', () => {
    const stopped = { status: 'stopped', stillSinceS: 20 } as const;
    expect(corroborations({ reads: 'refused', standbys: { 'orders-2': quiet, 'orders-3': stopped } })).toEqual([
      'standbys',
    ]);
  });

  it('isn’t a standby that still receives, whatever its status word', () => {
    expect(corroborations({ reads: 'refused', standbys: { 'orders-2': quiet, 'orders-3': {} } })).toEqual([]);
  });

  it('of silence on a set that writes little needs more: age over 35 s, peers or clients', () => {
    const bytesPerSecond = 100;
    const idle = (told: Told, untilS = 30) => {
      const standbys = { 'orders-2': hearsNothing, 'orders-3': hearsNothing };
      const seen = [
        ...tell([0, 20], { bytesPerSecond }),
        ...tell([20, untilS], { bytesPerSecond, reads: 'timeout', standbys, ...told }),
      ];
      const it = caseOf(seen, { nowS: untilS - 1, suspectedSinceMs: T + 20_000 });
      return corroborate(it, find(it)).some((c) => c.by === 'standbys');
    };
    expect(idle({})).toBe(false);
    expect(idle({ peers: 'timeout' })).toBe(true);
    expect(idle({ client: { succeeded: 0, failed: 9 } })).toBe(true);
    const old = { stillSinceS: 20, ageMs: 36_000 };
    expect(idle({ standbys: { 'orders-2': old, 'orders-3': old } })).toBe(true);
  });

  it('is the agent beside it, or standby hosts and clients together, never one of these alone', () => {
    const blind: Told = { reads: 'timeout', standbys: {} };
    expect(corroborations({ ...blind, host: 'absent' })).toEqual(['host']);
    expect(corroborations({ ...blind, host: 'stopped' })).toEqual(['host']);
    expect(corroborations({ ...blind, host: 'running' })).toEqual([]);
    expect(corroborations({ ...blind, peers: 'refused' })).toEqual([]);
    expect(corroborations({ ...blind, client: { succeeded: 0, failed: 5 } })).toEqual([]);
    expect(corroborations({ ...blind, peers: 'refused', client: { succeeded: 0, failed: 5 } })).toEqual([
      'peers-and-clients',
    ]);
  });
});

describe('a sign of life', () => {
  it('is WAL that arrives, a commit, clients that are served, since the suspicion began', () => {
    expect(signs({ reads: 'timeout', writes: 'timeout', standbys: { 'orders-2': {} } })).toEqual([
      'testimony/orders-2 veto',
    ]);
    expect(signs({ reads: 'timeout', writes: 'ok', standbys: {} })).toEqual([
      'commit/w-a veto',
      'commit/w-b veto',
      'commit/w-c veto',
    ]);
    expect(signs({ reads: 'timeout', writes: 'timeout', standbys: {}, client: { succeeded: 9, failed: 1 } })).toEqual([
      'client/canary:shop veto',
    ]);
  });

  it('is none that came before, nor of a standby that follows another', () => {
    expect(signs(lost)).toEqual([]);
    const cascading = { 'orders-2': { upstream: 'orders-3' } };
    expect(signs({ reads: 'timeout', writes: 'timeout', standbys: cascading })).toEqual([]);
  });

  it('is no WAL that may have come between a look that began before the suspicion and its answer', () => {
    const look = (atMs: number, latencyMs: number, lsn: number): Observation => ({
      by: 'w-b',
      cluster: 'orders',
      member: 'orders-2',
      probe: 'wal-receiver',
      outcome: 'ok',
      atMs: T + atMs,
      latencyMs,
      facts: { status: 'streaming', upstream: 'orders-1', receivedLsn: lsnAt(lsn), timeline: 1 },
    });
    const vetoes = (latencyMs: number) => {
      const dies: Told = { reads: 'refused', standbys: {} };
      const seen = [...well, look(20_050, latencyMs, 20), look(20_200, 5, 21), ...tell([21, 22], dies)];
      const it = caseOf(seen, { nowS: 22, suspectedSinceMs: T + 20_020 });
      return findSignsOfLife(it, find(it)).map((s) => s.id);
    };
    expect(vetoes(40)).toEqual([]);
    expect(vetoes(10)).toEqual(['testimony/orders-2']);
  });

  it('is no veto as the last words of a server that answers dead; of a silent one it is, and so is any later word', () => {
    const speaks = (reads: 'refused' | 'timeout', atMs: number) => {
      const by = { by: 'w-b', cluster: 'orders', member: 'orders-2', probe: 'wal-receiver', outcome: 'ok' } as const;
      const facts = { status: 'streaming', upstream: 'orders-1', timeline: 1 } as const;
      const look = (at: number, lsn: number): Observation => ({
        ...by,
        atMs: T + at,
        latencyMs: 2,
        facts: { ...facts, receivedLsn: lsnAt(lsn) },
      });
      const words = [look(atMs - 20, 20), look(atMs, 21)];
      const it = caseOf([...well, ...words, ...tell([21, 24], { reads, standbys: {} })], {
        nowS: 24,
        suspectedSinceMs: T + 20_020,
      });
      return findSignsOfLife(it, find(it)).map((s) => s.isVeto);
    };
    expect(speaks('refused', 20_900)).toEqual([false]);
    expect(speaks('timeout', 20_900)).toEqual([true]);
    expect(speaks('refused', 21_100)).toEqual([true]);
  });

  it('is a veto for 10 s, and evidence after that', () => {
    const dies = { reads: 'timeout', writes: 'timeout', standbys: { 'orders-2': { stillSinceS: 22 } } } as const;
    const at = (nowS: number) => {
      const it = caseOf([...well, ...tell([20, nowS + 1], dies)], { nowS, suspectedSinceMs: T + 20_000 });
      return findSignsOfLife(it, find(it)).map((s) => s.isVeto);
    };
    expect(at(31)).toEqual([true]);
    expect(at(32)).toEqual([false]);
  });
});

describe('a verdict', () => {
  it('primary-down: refused by all, standbys lost; asked after 3 s of dwell', () => {
    const seen = [...well, ...tell([20, 40], lost)];
    expect(judge(seen, 24)).toMatchObject({ verdict: 'primary-down', action: 'none' });
    expect(judge(seen, 28)).toMatchObject({ verdict: 'primary-down', action: 'propose-failover' });
  });

  it('monitoring-blind: witnesses see nothing, WAL still arrives', () => {
    expect(judge([...well, ...tell([20, 40], { reads: 'timeout' })], 39)).toMatchObject({
      verdict: 'monitoring-blind',
      action: 'page',
    });
  });

  it('monitoring-blind: witnesses are cut off and say so, agents and clients see it live', () => {
    const unheard = { 'orders-2': { isSilent: true }, 'orders-3': { isSilent: true } };
    const doubts = Array.from({ length: 20 }, (_, s) =>
      ['w-a', 'w-b', 'w-c'].map((by): Observation => {
        return {
          by,
          cluster: 'orders',
          probe: 'self',
          outcome: 'ok',
          atMs: T + (20 + s) * 1_000,
          facts: { peers: [] },
        };
      }),
    ).flat();
    const cut = (more: Told) =>
      judge([...well, ...tell([20, 40], { reads: 'timeout', standbys: unheard, ...more }), ...doubts], 39);
    const others = { host: 'running', peers: 'ok', client: { succeeded: 70, failed: 0 } } as const;
    const blind = cut(others);
    expect([blind.verdict, blind.action]).toEqual(['monitoring-blind', 'page']);
    expect(blind.explanation).toContain('3 of them doubt themselves');
    expect(cut({})).toMatchObject({ verdict: 'inconclusive' });
  });

  it('never a failover on witnesses alone, nor on one zone’s', () => {
    expect(judge([...well, ...tell([20, 60], { reads: 'refused', standbys: {} })], 59).action).not.toBe(
      'propose-failover',
    );
    const one = { ...lost, by: ['w-a'] };
    expect(judge([...well, ...tell([20, 60], one)], 59).action).not.toBe('propose-failover');
  });

  it('silence of all is no death', () => {
    const { verdict, action, rule } = judge(well, 60);
    expect([verdict, action, rule]).toEqual(['inconclusive', 'page', 'inconclusive/no-reports']);
  });

  it('a broken standby and a cut of ours are no death of the primary', () => {
    const broken = { 'orders-2': { status: 'connecting', stillSinceS: 0 } } as const;
    const seen = [...tell([0, 40], { standbys: broken }), ...tell([40, 80], { reads: 'timeout', standbys: broken })];
    const topology = topologyOf([
      { id: 'orders-1', zone: 'a', role: 'primary' },
      { id: 'orders-2', zone: 'b', role: 'standby' },
    ]);
    expect(judge(seen, 79, { topology }).action).not.toBe('propose-failover');
  });

  it('primary-starting: it says that it is coming back; asked only after its patience', () => {
    const seen = [
      ...well,
      ...tell([20, 90], { reads: 'starting-up', writes: 'starting-up', standbys: { 'orders-2': quiet } }),
    ];
    expect(judge(seen, 60)).toMatchObject({ verdict: 'primary-starting', action: 'none' });
    expect(judge(seen, 85)).toMatchObject({ verdict: 'primary-starting', action: 'propose-failover' });
  });

  it('primary-hung: its agent says frozen', () => {
    const frozen: Told = {
      reads: 'timeout',
      host: 'stopped',
      standbys: { 'orders-2': hearsNothing, 'orders-3': hearsNothing },
    };
    expect(judge([...well, ...tell([20, 45], frozen)], 44)).toMatchObject({
      verdict: 'primary-hung',
      action: 'propose-failover',
    });
  });

  it('primary-isolated: its agent says it runs, and nobody reaches it', () => {
    const isolated: Told = { ...lost, reads: 'timeout', host: 'running' };
    expect(judge([...well, ...tell([20, 45], isolated)], 44)).toMatchObject({
      verdict: 'primary-isolated',
      action: 'propose-failover',
    });
  });

  it('common-cause: everybody’s login is refused in the same way', () => {
    expect(judge([...well, ...tell([20, 40], { reads: 'auth-failed' })], 39)).toMatchObject({
      verdict: 'common-cause',
      action: 'page',
    });
  });

  it('a witness whose name service fails abstains from then on, whatever it saw before', () => {
    const seen = [
      ...well,
      ...tell([20, 24], { reads: 'refused', standbys: {} }),
      ...tell([24, 40], { reads: 'dns-failed', standbys: {} }),
    ];
    const it = caseOf(seen, { nowS: 39 });
    expect(find(it).reach.map((w) => w.suspectsReads)).toEqual([false, false, false]);
  });

  it('declared: somebody said that it would be down, until it ends', () => {
    const intent: Observation = {
      by: 'deploy',
      cluster: 'orders',
      probe: 'intent',
      outcome: 'declared',
      atMs: T + 19_000,
      facts: { kind: 'restart', untilMs: T + 50_000, owner: 'ada' },
    };
    const seen = [...well, intent, ...tell([20, 70], lost)];
    expect(judge(seen, 45)).toMatchObject({ verdict: 'declared', action: 'none' });
    expect(judge(seen, 69)).toMatchObject({ verdict: 'primary-down', action: 'propose-failover' });
  });

  it('a gap of evidence of less than 5 s takes nothing back; a sign of life does at once', () => {
    const dead = [...well, ...tell([20, 30], lost)];
    expect(judge(dead, 33).action).toBe('propose-failover');
    expect(judge(dead, 45).action).not.toBe('propose-failover');
    expect(judge([...dead, ...tell([30, 32], {})], 31).action).not.toBe('propose-failover');
  });

  it('names its strongest counter-evidence, and where it was looked for', () => {
    const { against, lookedIn } = judge([...well, ...tell([20, 30], { ...lost, host: 'running' })], 29);
    expect(against.map((e) => e.id)).toContain('host/orders-1');
    expect(lookedIn.length).toBeGreaterThan(3);
    expect(lsnAt(0)).toBe('0/3000000');
  });
});
