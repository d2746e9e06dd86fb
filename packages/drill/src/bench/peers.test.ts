// The other tools' runs as rows of the one table: what was measured, and why something was not.
import { describe, expect, it } from 'vitest';
import { readPeerRuns } from './peer-scripts.ts';
import { rowOf } from './peers.ts';

const of = { tool: 'patroni', setting: 'default', scenario: 'kill_host' };
const run = (more: object): string => JSON.stringify({ ...of, run: 0, recovered: true, ...more });

describe('a row of another tool', () => {
  it('has the seconds of its runs, what they lost, and who wrote twice', () => {
    const runs = readPeerRuns(
      [
        run({ rto_s: 20.5, lost_main: 2, split_brain: false }),
        '',
        run({ rto_s: 30, lost_main: 0, split_brain: true }),
      ].join('\n'),
    );
    expect(rowOf(of, runs, '')).toMatchObject({
      metric: 'fault to writable',
      figures: { n: 2, medianMs: 25_250, maxMs: 30_000 },
      lost: 2,
      splitBrains: 1,
      says: '',
    });
  });

  it('of an operator’s command counts from the command', () => {
    const manual = { ...of, scenario: 'manual_dead' };
    const runs = readPeerRuns(run({ ...manual, rto_s: 40, command_to_writable_s: 1.5 }));
    expect(rowOf(manual, runs, '')).toMatchObject({ metric: 'command to writable', figures: { medianMs: 1_500 } });
  });

  it('says why runs are missing instead of counting them', () => {
    const runs = readPeerRuns([run({ rto_s: 20 }), run({ error: 'no etcd' })].join('\n'));
    expect(rowOf(of, runs, '')).toMatchObject({ figures: { n: 1 }, says: '1 of 2 not measured: no etcd' });
    expect(rowOf(of, [], 'there is no bench_patroni.py')).toMatchObject({
      figures: undefined,
      says: 'there is no bench_patroni.py',
    });
  });
});
