// A replaced primary that somebody makes writable again, and stops cleanly: before the click nobody says that nothing is lost.
// What it wrote alone is saved aside and told, gone from it afterwards, and it follows.
import { execFileSync } from 'node:child_process';
import { ProposalView } from '@petrov/core/wire';
import { returnWritable, waitUntil } from '@petrov/drill';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { approve, findOpen, isFollowing, openRig } from '../integration/act-harness.ts';

test('a former primary that took writes by itself comes back by a rewind that tells what it drops', async () => {
  const rig = await openRig('split-brain-rejoin');
  try {
    const { site } = rig.parts;
    const ask = (member: string, sql: string): string => {
      const [psql = '', ...args] = site.psqlArgv(member);
      return execFileSync(psql, [...args, '-d', 'app', '-XAtc', sql], { encoding: 'utf8' }).trim();
    };
    await site.fault('kill', { member: 'orders-1' });
    const failover = await approve(rig, await findOpen(rig, 'failover'));
    const leads = failover.plan.candidate;

    await returnWritable.apply({ rig, sessions: new Map(), onReturned: () => undefined }, ['orders-1']);
    const isSplit = async () => (await rig.view()).assessment.verdict === 'split-brain';
    await waitUntil(isSplit, { what: 'the split brain to be called', timeoutMs: 30_000, everyMs: 100 });
    const before = ask('orders-1', 'SELECT pg_current_wal_lsn()');
    ask('orders-1', 'CREATE TABLE written_alone AS SELECT generate_series(1, 20000) AS n');
    const wrote = Number(ask('orders-1', `SELECT pg_current_wal_lsn() - '${before}'::pg_lsn`));
    await site.stopMember('orders-1');

    const isOffered = async () =>
      (await rig.client().get('/proposals', z.array(ProposalView))).find(
        ({ proposal: { state, revision } }) =>
          state === 'open' &&
          revision.plan.kind === 'rejoin' &&
          revision.plan.loss.says.includes('took writes by itself'),
      )?.proposal;
    const offered = await waitUntil(isOffered, { what: 'its return to be offered', timeoutMs: 90_000, everyMs: 200 });
    const { plan } = offered.revision;
    expect(plan.loss.says).toMatch(
      new RegExp(`^orders-1 took writes by itself while ${leads} led: how much is not known before it is looked at`),
    );
    expect(plan.steps.map(({ id }) => id)).toEqual(['look', 'fence', 'rewind', 'start-as-standby', 'drop-old-slots']);

    const run = await approve(rig, offered.id);
    const rewound = run.journal.find((e) => e.type === 'done' && e.step === 'rewind');
    const facts = rewound?.type === 'done' ? rewound.facts['orders-1'] : undefined;
    expect(facts?.divergedBytes).toBeGreaterThanOrEqual(wrote);
    expect(facts?.savedBytes).toBeGreaterThanOrEqual(wrote);
    expect(facts?.savedTo).toBeDefined();
    expect(rewound).toMatchObject({ says: expect.stringMatching(/saved|aside/) });
    await isFollowing(rig, 'orders-1', leads);
    expect(ask('orders-1', "SELECT pg_is_in_recovery(), to_regclass('written_alone') IS NULL")).toBe('t|t');
    expect(ask('orders-1', 'SELECT received_tli FROM pg_stat_wal_receiver')).toBe('2');
  } finally {
    expect(await rig.stop()).toEqual([]);
  }
}, 400_000);
