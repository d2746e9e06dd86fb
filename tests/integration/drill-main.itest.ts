// The main job on real servers, once each: a primary dies and a person approves; the same with synchronous standbys; a false
// alarm. Durations are not judged here, since the machine may be busy: that is the drill command's part.
import { expect, test } from 'vitest';
import { drill, failures } from './drill-harness.ts';

test('a killed primary is replaced by the planned standby, once; with synchronous ones no acknowledged write is lost', async () => {
  const report = await drill({ scenario: 'primary-killed', isSync: true });
  expect(failures(report)).toEqual([]);
  expect(report.splitBrain).toBe(false);
  expect(report.writes.lost).toBe(0);
}, 400_000);

test('an old primary that comes back writable is called a split brain within 10 s, and nobody is promoted', async () => {
  const report = await drill({ scenario: 'stale-primary-returns', preset: 'fast' });
  expect(failures(report)).toEqual([]);
  expect(report.writes.withinQuote).toBe(true);
}, 400_000);

test('when only the monitoring network is cut, nothing is proposed and writes go on', async () => {
  const report = await drill({ scenario: 'monitoring-cut' });
  expect(failures(report)).toEqual([]);
  expect(report.proposal).toBeNull();
}, 400_000);
