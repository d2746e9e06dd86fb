// What a load balancer is answered, and how lag is measured and limited.
import type { Lsn } from '@petrov/core/cluster';
import { formatLsn } from '@petrov/core/cluster';
import { describe, expect, it } from 'vitest';
import { answerHealth, readHealthQuestion } from './health-answer.ts';
import { runBounded } from './bounded-command.ts';
import { decideAddress } from './floating-address.ts';
import { hookFor, roleToTell, type ToldRole } from './hooks.ts';
import { isWithin, LagHistory, parseLagLimit } from './lag.ts';
import type { RoleReading } from './local-role.ts';

const primary: RoleReading = {
  atMs: 0,
  role: 'primary',
  isGone: false,
  isFenced: false,
  isStreaming: false,
  timeline: 2,
  lsn: '0/3000148' as Lsn,
};
const standby: RoleReading = { ...primary, role: 'standby', isStreaming: true, lag: { bytes: 1_000, ms: 300 } };
const silent: RoleReading = { atMs: 0, role: 'unknown', isGone: false, isFenced: false, isStreaming: false };

function ask(url: string, seen: RoleReading): number {
  const question = readHealthQuestion(url);
  return question.asks === 'nothing' ? question.status : answerHealth(question, seen).status;
}

describe('a check', () => {
  it.each<[string, string, RoleReading, number]>([
    ['a primary', '/primary', primary, 200],
    ['a primary, by the bare address', '/', primary, 200],
    ['a fenced one, though it is out of recovery', '/primary', { ...primary, isFenced: true }, 503],
    ['a standby', '/primary', standby, 503],
    ['one that says nothing', '/primary', silent, 503],
    ['a standby', '/replica', standby, 200],
    ['a primary', '/replica', primary, 503],
    ['one that says nothing', '/replica', silent, 503],
    ['a standby that doesn’t stream', '/replica', { ...standby, isStreaming: false }, 503],
    ['a standby within the bytes', '/replica?lag=1000', standby, 200],
    ['a standby beyond the bytes', '/replica?lag=999', standby, 503],
    ['a standby within the time', '/replica?lag=300ms', standby, 200],
    ['a standby beyond the time', '/replica?lag=299ms', standby, 503],
    ['a standby whose lag in time isn’t known', '/replica?lag=10s', { ...standby, lag: { bytes: 1_000 } }, 503],
    ['a standby whose lag isn’t known', '/replica?lag=1GB', { ...silent, role: 'standby', isStreaming: true }, 503],
    ['any that answers, fenced too', '/health', { ...standby, isFenced: true }, 200],
    ['one that says nothing', '/health', silent, 503],
    ['an unknown path', '/leader', primary, 404],
    ['a limit that can’t be read', '/replica?lag=16MiB', standby, 400],
    ['two limits', '/replica?lag=1&lag=9GB', standby, 400],
    ['a parameter that is misspelt', '/replica?lagg=16MB', standby, 400],
    ['a limit where there is none', '/primary?lag=16MB', primary, 400],
  ])('%s, %s', (_name, url, seen, status) => {
    expect(ask(url, seen)).toBe(status);
  });

  it('says what the member is, and of what failed only that it failed', () => {
    expect(answerHealth({ asks: 'primary' }, standby).body).toEqual({
      role: 'standby',
      timeline: 2,
      lsn: '0/3000148',
      lag: { bytes: 1_000, ms: 300 },
      streaming: true,
      fenced: false,
      says: 'It is in recovery.',
    });
    const failed = answerHealth({ asks: 'primary' }, { ...silent, says: 'connect ENOENT /run/secret/.s.PGSQL.5432' });
    expect(JSON.stringify(failed.body)).not.toContain('/run/secret');
  });
});

describe('a limit of lag', () => {
  it.each([
    ['4096', { bytesMax: 4_096 }],
    ['16MB', { bytesMax: 16_777_216 }],
    ['1kB', { bytesMax: 1_024 }],
    ['10s', { msMax: 10_000 }],
    ['500ms', { msMax: 500 }],
    ['2min', { msMax: 120_000 }],
    ['', undefined],
    ['-1', undefined],
    ['1e9', undefined],
    ['10 s', undefined],
    ['16MiB', undefined],
  ])('%s', (text, limit) => {
    expect(parseLagLimit(text)).toEqual(limit);
  });

  it('is not kept by what is unknown', () => {
    expect(isWithin(undefined, { bytesMax: 1e15 })).toBe(false);
    expect(isWithin({ bytes: 0 }, { msMax: 1e9 })).toBe(false);
  });
});

describe('lag in time', () => {
  const at = (bytes: number): Lsn => formatLsn(BigInt(bytes));
  it('is how long ago the primary was where replay is now, by this clock', () => {
    const history = new LagHistory();
    expect(history.measure(0, at(100), at(100))).toEqual({ bytes: 0, ms: 0 });
    expect(history.measure(1_000, at(200), at(150))).toEqual({ bytes: 50, ms: 1_000 });
    expect(history.measure(3_000, at(200), at(150))).toEqual({ bytes: 50, ms: 3_000 });
    expect(history.measure(4_000, at(300), at(200))).toEqual({ bytes: 100, ms: 1_000 });
    expect(history.measure(5_000, at(300), at(300))).toEqual({ bytes: 0, ms: 0 });
  });
  it('isn’t known before it was watched', () => {
    const history = new LagHistory();
    expect(history.measure(0, at(200), at(100))).toEqual({ bytes: 100 });
    expect(history.measure(1_000, at(210), at(200))).toEqual({ bytes: 10, ms: 1_000 });
    history.forget();
    expect(history.measure(2_000, at(220), at(210))).toEqual({ bytes: 10 });
  });
  it('remembers a bounded number of points, and of a long lag still says at least the truth', () => {
    const history = new LagHistory();
    for (let second = 0; second < 10_000; second += 1) history.measure(second * 1_000, at(second), at(second));
    const { ms = 0 } = history.measure(10_000_000, at(10_000), at(5_000));
    expect(ms).toBeGreaterThanOrEqual(5_000_000);
  });
});

describe('the address', () => {
  it.each<[string, Partial<RoleReading>, number | undefined, string]>([
    ['a primary', {}, undefined, 'take'],
    ['a fenced one that is out of recovery', { isFenced: true }, 900, 'drop'],
    ['a standby', { role: 'standby' }, 900, 'drop'],
    ['one whose processes are gone', { role: 'unknown', isGone: true }, 900, 'drop'],
    ['one that was never seen as primary and says nothing', { role: 'unknown' }, undefined, 'drop'],
    ['a primary that says nothing for a moment', { role: 'unknown' }, 900, 'keep'],
    ['a primary that says nothing for 5 s', { role: 'unknown', atMs: 5_901 }, 900, 'drop'],
  ])('%s', (_name, change, primaryAtMs, intent) => {
    expect(decideAddress({ ...primary, atMs: 1_000, ...change }, primaryAtMs)).toBe(intent);
  });
});

describe('a hook', () => {
  it.each<[ToldRole | undefined, ToldRole, string | undefined]>([
    [undefined, 'primary', undefined],
    ['primary', 'primary', undefined],
    ['standby', 'primary', 'onPromoted'],
    ['fenced', 'primary', 'onPromoted'],
    ['primary', 'standby', 'onDemoted'],
    ['fenced', 'standby', undefined],
    ['primary', 'fenced', 'onFenced'],
    ['standby', 'fenced', 'onFenced'],
  ])('from %s to %s: %s', (before, now, hook) => {
    expect(hookFor(before, now)).toBe(hook);
  });
  it('is told nothing while the role isn’t known, and a fence whatever the role', () => {
    expect([roleToTell(silent), roleToTell(standby), roleToTell({ ...primary, isFenced: true })]).toEqual([
      undefined,
      'standby',
      'fenced',
    ]);
  });
});

describe('a command of this host', () => {
  it('is run without a shell, in an empty environment, and brings back the end of what it said', async () => {
    const ran = await runBounded(['/bin/echo', '$HOME; id'], { timeoutMs: 5_000 });
    expect(ran).toEqual({ outcome: 'done', output: '$HOME; id' });
    const env = await runBounded(['/usr/bin/env'], { timeoutMs: 5_000, env: { PETROV_ROLE: 'primary' } });
    expect(env.output).toBe('PETROV_ROLE=primary');
    const long = await runBounded(['/usr/bin/seq', '1', '100000'], { timeoutMs: 5_000 });
    expect(long.output.length).toBeLessThanOrEqual(2_000);
    expect(long.output.endsWith('100000')).toBe(true);
  });
  it('that isn’t there, fails or ends late says so', async () => {
    expect((await runBounded(['/nowhere/x'], { timeoutMs: 5_000 })).outcome).toBe('failed');
    expect((await runBounded(['/bin/false'], { timeoutMs: 5_000 })).outcome).toBe('failed');
    expect((await runBounded(['/bin/sleep', '60'], { timeoutMs: 50 })).outcome).toBe('timed-out');
    const stopped = new AbortController();
    const running = runBounded(['/bin/sleep', '60'], { timeoutMs: 60_000, signal: stopped.signal });
    stopped.abort();
    expect((await running).outcome).toBe('ended');
  });
});
