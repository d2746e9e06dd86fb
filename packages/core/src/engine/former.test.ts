// A former primary that took writes by itself after it was replaced: how it had ended before says nothing any more. What it
// wrote is called unknown, it's rewound, and its return is offered anew.
import { T } from '@petrov/sim/cases';
import { Play, well } from '@petrov/sim/play';
import { expect, it } from 'vitest';
import type { Lsn } from '../cluster/index.ts';
import type { Observation } from '../observation/index.ts';
import type { ClusterRecord } from './index.ts';

const at = '0/3000400' as Lsn;
/** orders-1 leads since second 15; orders-2 was stopped cleanly, with nothing that orders-1 hadn't; its return was offered. */
const former = { member: 'orders-2', sinceMs: T + 15_000, lastLsn: at, leftAtLsn: at, isClean: true, isOffered: true };
const without = { ...well, standbys: { 'orders-2': { isSilent: true }, 'orders-3': {} } };
const of = { by: 'w-a', cluster: 'orders', member: 'orders-2', latencyMs: 2 } as const;

function writable(atMs: number): readonly Observation[] {
  return ['w-a', 'w-b'].map((by) => {
    return { ...of, by, probe: 'sql', outcome: 'ok', atMs, facts: { inRecovery: false, timeline: 1 } };
  });
}
function down(atMs: number): readonly Observation[] {
  const refused: readonly Observation[] = ['w-a', 'w-b'].map((by) => {
    return { ...of, by, probe: 'sql', outcome: 'refused', atMs };
  });
  return [
    ...refused,
    { ...of, by: 'agent:orders-2', probe: 'host', outcome: 'ok', atMs, facts: { postgres: 'absent' } },
  ];
}
/** Writable by itself for ten seconds, then down. */
function split(sinceMs = former.sinceMs): Play {
  const play = new Play({ former: { ...former, sinceMs } }, without);
  play.until(30, without, writable);
  return play;
}

it('is known no more by how it ended, and that is stored', () => {
  const play = split();
  expect(play.cluster.assessment?.verdict).toBe('split-brain');
  const { lastLsn: _, isClean: __, isOffered: ___, ...kept } = former;
  expect(play.cluster.record.former).toEqual({ ...kept, hasWritten: true });
  const stored = play.effects.findLast((e) => e.type === 'store' && e.what === 'cluster');
  expect((stored as { record: ClusterRecord }).record.former?.hasWritten).toBe(true);
});

it('stopped then, cleanly or not, is offered back by a rewind that calls what it wrote unknown', () => {
  const play = split();
  play.until(60, without, down);
  const plan = play.proposal?.revision.plan;
  expect(plan?.steps.map((s) => s.id)).toEqual(['look', 'fence', 'rewind', 'start-as-standby', 'drop-old-slots']);
  expect(plan?.loss.says).toMatch(/^orders-2 took writes by itself while orders-1 led: how much is not known/);
  expect(plan?.consequences.join()).not.toContain('lost nothing');
});

it('is not one that was seen so before it was replaced', () => {
  const play = split(T + 31_000);
  expect(play.cluster.record.former).toEqual({ ...former, sinceMs: T + 31_000 });
});
