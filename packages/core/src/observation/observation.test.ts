// What is remembered of what was seen: answers are read before they are counted, late news don't undo newer ones, a source
// that doubts itself is believed again only some time after it recovered.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLsn, resolvePolicy } from '../cluster/index.ts';
import {
  currentDoubt,
  emptyMemory,
  extendReceiver,
  extendSource,
  extendTrack,
  extendWalSamples,
  isBadReading,
  type Observation,
  readOutcome,
  type ReceiverMemory,
  remember,
  type SourceMemory,
  type Track,
  walBytesPerSecond,
} from './index.ts';

const policy = resolvePolicy({});
const topology = {
  id: 'orders',
  environment: 'production' as const,
  members: [{ id: 'orders-1', zone: 'a', role: 'primary' as const, priority: 100, sync: false, delayMs: 0 }],
};
type Sql = Extract<Observation, { probe: 'sql' }>;
const sql = (outcome: Sql['outcome'], atMs: number, more: Partial<Sql> = {}): Sql => ({
  by: 'w-a',
  cluster: 'orders',
  member: 'orders-1',
  probe: 'sql',
  outcome,
  atMs,
  latencyMs: 5,
  ...more,
});
const trackOf = (...outcomes: Sql['outcome'][]) =>
  outcomes.reduce<Track | undefined>((t, outcome, i) => extendTrack(t, sql(outcome, i * 1_000), policy), undefined);

describe('an answer', () => {
  it.each([
    ['ok', 'alive'],
    ['too-many-connections', 'alive'],
    ['auth-failed', 'alive'],
    ['tls-failed', 'alive'],
    ['error', 'alive'],
    ['read-only', 'alive'],
    ['disk-full', 'alive'],
    ['starting-up', 'starting'],
    ['shutting-down', 'starting'],
    ['refused', 'dead'],
    ['unreachable', 'dead'],
    ['timeout', 'silent'],
    ['dns-failed', 'abstains'],
  ] as const)('%s reads as %s', (outcome, reading) => {
    expect(readOutcome(outcome)).toBe(reading);
    expect(isBadReading(reading)).toBe(reading === 'dead' || reading === 'silent');
  });
});

describe('a track', () => {
  it('is suspect at 3 bad of the last 5, from the first of them on', () => {
    expect(trackOf('ok', 'timeout', 'ok', 'timeout')?.suspectSinceMs).toBeUndefined();
    expect(trackOf('ok', 'timeout', 'ok', 'timeout', 'refused')?.suspectSinceMs).toBe(1_000);
  });

  it('is clear only at 3 good in a row', () => {
    const bad = ['timeout', 'timeout', 'timeout'] as const;
    expect(trackOf(...bad, 'ok', 'ok')?.suspectSinceMs).toBe(0);
    expect(trackOf(...bad, 'ok', 'ok', 'timeout', 'ok', 'ok')?.suspectSinceMs).toBe(0);
    expect(trackOf(...bad, 'ok', 'ok', 'ok')?.suspectSinceMs).toBeUndefined();
  });

  it('does not count an abstention, neither as bad nor as good', () => {
    expect(trackOf('timeout', 'timeout', 'dns-failed', 'dns-failed')?.suspectSinceMs).toBeUndefined();
    const suspect = trackOf('timeout', 'timeout', 'timeout', 'dns-failed', 'dns-failed', 'dns-failed');
    expect(suspect?.suspectSinceMs).toBe(0);
    expect(suspect?.last.reading).toBe('abstains');
  });

  it('agrees with a dumb count over any history', () => {
    const outcome = fc.constantFrom<Sql['outcome']>('ok', 'timeout', 'refused', 'dns-failed', 'starting-up');
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 25 }), (outcomes) => {
        let isSuspect = false;
        const counted: boolean[] = [];
        for (const o of outcomes) {
          if (o !== 'dns-failed') counted.push(o === 'timeout' || o === 'refused');
          const [five, three] = [counted.slice(-5), counted.slice(-3)];
          if (three.length === 3 && three.every((bad) => !bad)) isSuspect = false;
          else if (five.filter((bad) => bad).length >= 3) isSuspect = true;
        }
        expect(trackOf(...outcomes)?.suspectSinceMs !== undefined).toBe(isSuspect);
      }),
    );
  });

  it('keeps the newest answer to a question beside the newest of all', () => {
    const asked = extendTrack(undefined, sql('refused', 0, { nonce: 'n1' }), policy);
    const later = extendTrack(asked, sql('ok', 1_000), policy);
    expect(later.nonced).toMatchObject({ nonce: 'n1', answer: { outcome: 'refused' } });
    expect([later.last.outcome, later.lastOkBeganAtMs]).toEqual(['ok', 995]);
  });
});

describe('a receiver', () => {
  const lsn = (n: number) => formatLsn(BigInt(n));
  type Facts = Extract<Observation, { probe: 'wal-receiver' }>['facts'];
  const seen = (atMs: number, facts: Facts): Extract<Observation, { probe: 'wal-receiver' }> => ({
    by: 'w-b',
    cluster: 'orders',
    member: 'orders-2',
    probe: 'wal-receiver',
    outcome: 'ok',
    atMs,
    facts,
  });
  const fold = (...all: ReturnType<typeof seen>[]) =>
    all.reduce<ReceiverMemory | undefined>((m, one) => extendReceiver(m, one), undefined);

  it('takes the furthest of received and replayed, and never goes back on one timeline', () => {
    const facts = { status: 'streaming' as const, timeline: 1 };
    const after = fold(
      seen(0, { ...facts, receivedLsn: lsn(100), replayedLsn: lsn(200) }),
      seen(1_000, { ...facts, receivedLsn: lsn(150) }),
    );
    expect(after?.receivedLsn).toBe(lsn(200));
    expect(after?.advancedAtMs).toBeUndefined();
  });

  it('says after which look its position advanced', () => {
    const facts = { status: 'streaming' as const, timeline: 1 };
    const after = fold(
      seen(0, { ...facts, receivedLsn: lsn(100) }),
      seen(1_000, { ...facts, receivedLsn: lsn(100) }),
      seen(2_000, { ...facts, receivedLsn: lsn(101) }),
    );
    expect(after).toMatchObject({ advancedAfterMs: 1_000, advancedAtMs: 2_000 });
  });

  it('is broken since its first look without a stream', () => {
    const after = fold(
      seen(0, { status: 'streaming' }),
      seen(1_000, { status: 'connecting' }),
      seen(2_000, { status: 'none' }),
    );
    expect(after).toMatchObject({ brokenSinceMs: 1_000, streamingLastAtMs: 0, status: 'none' });
  });

  it('is not told to stream again by a report that is older than the newest', () => {
    const after = fold(
      seen(0, { status: 'streaming', receivedLsn: lsn(1) }),
      seen(5_000, { status: 'connecting', receivedLsn: lsn(1) }),
      seen(3_000, { status: 'streaming', receivedLsn: lsn(9) }),
    );
    expect(after).toMatchObject({ atMs: 5_000, status: 'connecting', brokenSinceMs: 5_000, receivedLsn: lsn(9) });
    expect(after?.advancedAtMs).toBeUndefined();
  });

  it('learns nothing from a standby that did not answer', () => {
    const before = fold(seen(0, { status: 'streaming' }));
    expect(extendReceiver(before, { ...seen(1_000, {}), outcome: 'timeout' })).toBe(before);
  });
});

describe('WAL samples', () => {
  it('are bounded and tell the rate', () => {
    const lsn = (s: number) => formatLsn(BigInt(s * 1_000));
    const samples = Array.from({ length: 300 }, (_, s) => s).reduce<ReturnType<typeof extendWalSamples>>(
      (all, s) => extendWalSamples(all, s * 1_000, lsn(s)),
      [],
    );
    expect(samples.length).toBeLessThanOrEqual(30);
    expect(walBytesPerSecond(samples)).toBe(1_000);
    expect(walBytesPerSecond(samples.slice(-1))).toBeUndefined();
  });
});

describe('a source', () => {
  const self = (facts: Extract<Observation, { probe: 'self' }>['facts'], atMs = 0) =>
    ({ by: 'w-a', cluster: 'orders', probe: 'self', outcome: 'ok', facts, atMs }) as const;
  const tellSelf = (memory: SourceMemory | undefined, facts: Parameters<typeof self>[0], atMs: number) =>
    extendSource(memory, atMs, self(facts, atMs));

  it.each([
    [{ loopLagMs: 1_001 }, /loop/],
    [{ clockStepMs: -2_001 }, /clock/],
    [{ gateway: 'unreachable' as const }, /gateway/],
    [{ peers: [] }, /no other witness/],
  ])('doubts itself by %j', (facts, says) => {
    expect(currentDoubt(tellSelf(undefined, facts, 0), 0)?.because).toMatch(says);
  });

  it('does not doubt itself at the bounds', () => {
    const facts = { loopLagMs: 1_000, clockStepMs: 2_000, gateway: 'ok' as const, peers: ['w-b'] };
    expect(currentDoubt(tellSelf(undefined, facts, 0), 0)).toBeUndefined();
  });

  it('is believed again 10 s after its last word of doubt, not before', () => {
    const doubting = tellSelf(tellSelf(undefined, { loopLagMs: 5_000 }, 0), { loopLagMs: 5_000 }, 4_000);
    const recovered = tellSelf(doubting, { loopLagMs: 1 }, 5_000);
    expect(currentDoubt(recovered, 13_999)).toMatchObject({ sinceMs: 0 });
    expect(currentDoubt(recovered, 14_000)).toBeUndefined();
  });
});

describe('the memory of a cluster', () => {
  it('knows only configured members, and counts restarts by the start time', () => {
    const started = (atMs: number, startedAtMs: number, member = 'orders-1') =>
      sql('ok', atMs, { member, facts: { inRecovery: false, startedAtMs } });
    const memory = remember(emptyMemory, [started(0, 1), started(1_000, 1), started(2_000, 2), started(0, 1, 'x')], {
      topology,
      policy,
    });
    expect([...memory.members.keys()]).toEqual(['orders-1']);
    expect(memory.members.get('orders-1')?.restarts).toBe(1);
  });

  it('is not told by late news that a primary is what it was before', () => {
    const fact = (atMs: number, inRecovery: boolean) => sql('ok', atMs, { facts: { inRecovery } });
    const memory = remember(emptyMemory, [fact(5_000, true), fact(1_000, false)], { topology, policy });
    expect(memory.members.get('orders-1')).toMatchObject({ inRecovery: true, inRecoveryAtMs: 5_000 });
  });

  it('forgets an intent that is cleared, by kind or wholly', () => {
    const intent = (outcome: 'declared' | 'cleared', kind?: 'restart' | 'backup'): Observation => ({
      by: 'deploy',
      cluster: 'orders',
      probe: 'intent',
      outcome,
      atMs: 0,
      ...(kind === undefined ? {} : { facts: { kind } }),
    });
    const fold = (...seen: Observation[]) => remember(emptyMemory, seen, { topology, policy }).intents.size;
    const both = [intent('declared', 'restart'), intent('declared', 'backup')];
    expect([fold(...both), fold(...both, intent('cleared', 'backup')), fold(...both, intent('cleared'))]).toEqual([
      2, 1, 0,
    ]);
  });

  it('stays bounded however long it listens', () => {
    const seen = Array.from({ length: 5_000 }, (_, i) => sql(i % 7 === 0 ? 'timeout' : 'ok', i * 1_000));
    const memory = remember(emptyMemory, seen, { topology, policy });
    expect([...memory.tracks.values()].map((t) => t.recent.length)).toEqual([5, 5]);
  });
});
