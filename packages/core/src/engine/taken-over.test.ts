// A run that reality has overtaken: somebody promotes a standby by hand while it's stuck, or the member that it promoted
// fails before the rest of the plan is done. Either way it ends, and the cluster is guarded again.
import { lsnAt, SYSTEM_ID, type Told, witnesses } from '@petrov/sim/cases';
import { Failover } from '@petrov/sim/failover';
import { dead } from '@petrov/sim/play';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../observation/index.ts';

/** Nobody tells of orders-1 any more. */
const gone: Told = { by: [], standbys: {} };
const of = { cluster: 'orders', latencyMs: 2 } as const;

function leads(member: string, by: readonly { id: string }[] = witnesses, timeline = 2) {
  return (atMs: number): Observation[] =>
    by.map(({ id }) => {
      const facts = { inRecovery: false, timeline, lsn: lsnAt(40), systemId: SYSTEM_ID };
      return { ...of, by: id, member, probe: 'sql', outcome: 'ok', atMs, facts };
    });
}

function stuckFailover(): Failover {
  const play = new Failover();
  play.fence();
  play.end('refused');
  expect(play.proposal?.state).toBe('stuck');
  return play;
}

describe('a stuck run whose cluster is taken over by hand', () => {
  it('ends: the one that leads is adopted, the old one may come back, and people are told', () => {
    const play = stuckFailover();
    play.until(play.second + 3, dead, leads('orders-3'));
    expect(play.proposal).toMatchObject({ state: 'superseded', because: expect.stringContaining('orders-3 is the') });
    const { record, run } = play.cluster;
    expect(run).toBeUndefined();
    expect(record).toMatchObject({ primary: 'orders-3', timeline: 2, former: { member: 'orders-1' } });
    expect(play.codes()).toEqual(expect.arrayContaining(['P1002', 'P3013']));
    const pages = play.effects.flatMap((e) => (e.type === 'page' ? [`${e.page.event}: ${e.page.summary}`] : []));
    expect(pages.at(-1)).toMatch(/^finished: orders: orders-3 is the primary of orders now/);
    const host = (atMs: number): Observation[] => [
      ...leads('orders-3')(atMs),
      {
        ...of,
        by: 'agent:orders-1',
        member: 'orders-1',
        probe: 'host',
        outcome: 'ok',
        atMs,
        facts: { postgres: 'absent' },
      },
    ];
    play.until(play.second + 15, gone, host);
    expect(play.proposal).toMatchObject({ state: 'open', request: { kind: 'rejoin', member: 'orders-1' } });
  });

  it('goes on standing on the word of one witness, or of a timeline that is not newer (I5)', () => {
    for (const more of [leads('orders-3', witnesses.slice(0, 1)), leads('orders-3', witnesses, 1)]) {
      const play = stuckFailover();
      play.until(play.second + 3, dead, more);
      expect([play.proposal?.state, play.cluster.record.primary]).toEqual(['stuck', 'orders-1']);
    }
  });

  it('is its own when the promotion that it sent comes late: resumed, that is recognised', () => {
    const play = new Failover();
    play.fence();
    play.look();
    play.endEach('ambiguous');
    play.until(play.second + 3, dead, leads('orders-2'));
    expect([play.proposal?.state, play.cluster.record.primary]).toEqual(['stuck', 'orders-1']);
  });

  it('ends beside a promotion of its own that may be pending, where another standby leads', () => {
    const play = new Failover();
    play.fence();
    play.look();
    play.endEach('ambiguous');
    play.until(play.second + 3, dead, leads('orders-3'));
    expect([play.proposal?.state, play.cluster.record.primary]).toEqual(['superseded', 'orders-3']);
  });

  it('waits for the end of what is under way when it is being given up', () => {
    const play = stuckFailover();
    play.answer('abandon');
    play.until(play.second + 3, dead, leads('orders-3'));
    expect(play.proposal?.state).toBe('stuck');
    play.end('refused');
    play.until(play.second + 1, dead, leads('orders-3'));
    expect(play.proposal?.state).toBe('superseded');
  });
});

describe('a run whose promoted member fails', () => {
  const follows = (atMs: number, status: 'streaming' | 'connecting'): Observation => {
    const lsn = lsnAt(40);
    const facts = {
      status,
      upstream: 'orders-2',
      receivedLsn: lsn,
      replayedLsn: lsn,
      timeline: 2,
      systemId: SYSTEM_ID,
    };
    const age = status === 'streaming' ? { lastMessageAgeMs: 100 } : {};
    const by = { ...of, by: 'w-b', member: 'orders-3', probe: 'wal-receiver', outcome: 'ok', atMs } as const;
    return { ...by, facts: { ...facts, ...age } };
  };
  const serving = (atMs: number) => [...leads('orders-2')(atMs), follows(atMs, 'streaming')];
  const out = (atMs: number): Observation[] => [
    ...witnesses.map(({ id }): Observation => {
      return { ...of, by: id, member: 'orders-2', probe: 'sql', outcome: 'refused', atMs };
    }),
    {
      ...of,
      by: 'agent:orders-2',
      member: 'orders-2',
      probe: 'host',
      outcome: 'ok',
      atMs,
      facts: { postgres: 'absent' },
    },
    follows(atMs, 'connecting'),
  ];

  function failing(coolDownMs: number): Failover {
    const play = new Failover(dead, { coolDownMs });
    play.promote();
    play.end('done');
    expect(play.performed.step.id).toBe('repoint-orders-3');
    play.until(play.second + 10, gone, serving);
    play.until(play.second + 20, gone, out);
    return play;
  }

  it('gives way to the next failover, for the standby that remains', () => {
    const play = failing(0);
    expect(play.proposal).toMatchObject({
      id: 'orders-p2',
      state: 'open',
      revision: { plan: { candidate: 'orders-3' } },
    });
    expect(play.cluster.run).toBeUndefined();
    const first = play.effects.findLast(
      (e) => e.type === 'store' && e.what === 'proposal' && e.proposal.id === 'orders-p1',
    );
    expect(first).toMatchObject({ proposal: { state: 'superseded', because: expect.stringContaining('orders-2') } });
  });

  it('does not in the cool-down, and that is paged though a run is under way', () => {
    const play = failing(3_600_000);
    expect(play.proposal).toMatchObject({ id: 'orders-p1', state: 'promoted' });
    const warnings = play.effects.flatMap((e) => (e.type === 'page' && e.page.event === 'warning' ? [e.page] : []));
    expect(warnings.map((page) => page.details['explanation']).join()).toContain(
      'Not proposed: the last promotion was',
    );
  });
});
