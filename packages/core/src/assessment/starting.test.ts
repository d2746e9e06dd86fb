// A server that is coming back by itself is given its patience, since its last commit. Its end proposes a failover only with
// a quorum of witnesses and a second kind of source, as any other. (Invariant I5)
import { lsnAt, type Receiving, T, tell, type Told } from '@petrov/sim/cases';
import { judgeEachSecond } from '@petrov/sim/judge-each-second';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../observation/index.ts';

const patience = { startPatienceMs: 20_000 };
const lost: Receiving = { status: 'connecting', stillSinceS: 20 };
const both = { 'orders-2': lost, 'orders-3': lost };
const client = { succeeded: 0, failed: 9 };
const starting: Told = { reads: 'starting-up', standbys: {} };
const well = tell([0, 20], {});

/** What is believed forty seconds after it began, twenty after the end of patience. */
const lastOf = (seen: readonly Observation[]) => {
  const { verdict, action, explanation } = judgeEachSecond(seen, { untilS: 59, policy: patience }).at(-1) ?? {};
  return { is: `${verdict}/${action}`, explanation };
};
const after = (told: Told) => lastOf([...well, ...tell([20, 60], { ...starting, ...told })]);

describe('the end of patience', () => {
  it('proposes where a second kind confirms that it is not back', () => {
    expect(after({ standbys: both }).is).toBe('primary-starting/propose-failover');
    expect(after({ host: 'starting' }).is).toBe('primary-starting/propose-failover');
    expect(after({ host: 'absent' }).is).toBe('primary-starting/propose-failover');
    expect(after({ client }).is).toBe('primary-starting/propose-failover');
  });

  it('counts witnesses that get a bad answer beside those that are told so', () => {
    const one = tell([20, 60], { ...starting, by: ['w-a'], host: 'absent' });
    const others = tell([20, 60], { reads: 'refused', standbys: {}, by: ['w-b', 'w-c'] });
    expect(lastOf([...well, ...one, ...others]).is).toBe('primary-starting/propose-failover');
  });

  it('pages, and proposes nothing, on the word of one witness or of witnesses alone', () => {
    const one = after({ by: ['w-a'], host: 'absent', standbys: both, client });
    expect(one.is).toBe('primary-starting/page');
    expect(one.explanation).toContain('only 1 of 3 witnesses in 1 zone find it so');
    const all = after({});
    expect(all.is).toBe('primary-starting/page');
    expect(all.explanation).toContain('no second kind of source confirms it');
  });

  it('pages, and proposes nothing, while WAL still arrives', () => {
    expect(after({ client, standbys: { 'orders-2': {} } }).is).toBe('primary-starting/page');
  });

  it('proposes nothing while the agent tells that recovery moves on', () => {
    const recovering = (o: Observation): Observation =>
      o.probe === 'host' ? { ...o, facts: { ...o.facts, recoveryLsn: lsnAt((o.atMs - T) / 1_000) } } : o;
    const seen = tell([20, 60], { ...starting, host: 'starting', client }).map(recovering);
    expect(lastOf([...well, ...seen]).is).toBe('primary-starting/none');
  });
});

describe('a crash loop', () => {
  /** Each twenty seconds: refused, starting up, and ready for three. */
  const loop = (ready: Told) =>
    Array.from({ length: 60 }, (_, i) => {
      const phase = i % 20;
      const standbys = both;
      const told: Told =
        phase < 4
          ? { reads: 'refused', standbys, client }
          : phase < 17
            ? { reads: 'starting-up', standbys, client }
            : { standbys, client, ...ready };
      return tell([20 + i, 21 + i], told);
    }).flat();
  const asked = (ready: Told) =>
    judgeEachSecond([...well, ...loop(ready)], { untilS: 79, policy: { startPatienceMs: 30_000 } })
      .filter((a) => a.action === 'propose-failover' && a.verdict === 'primary-starting')
      .map((a) => (a.atMs - T) / 1_000);

  it('is proposed though it answers reads for a moment each time: patience runs since the last commit', () => {
    const seconds = asked({ writes: 'timeout' });
    expect(seconds[0]).toBe(50);
    expect(seconds).toHaveLength(30); // and stands through the moments in which it is ready
  });

  it('whose server commits each time is given its patience anew', () => {
    expect(asked({ writes: 'ok' })).toEqual([]);
  });
});

it('is over with the first commit: a restart is called well as soon as witnesses are answered', () => {
  const seen = [...well, ...tell([20, 25], { ...starting, standbys: both }), ...tell([25, 30], { standbys: both })];
  const verdicts = judgeEachSecond(seen, { untilS: 29 }).map((a) => a.verdict);
  expect(verdicts.slice(10)).toEqual([...Array.from({ length: 5 }, () => 'primary-starting'), ...verdicts.slice(15)]);
  expect(verdicts.slice(15)).not.toContain('primary-starting');
});
