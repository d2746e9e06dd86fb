// Every drill with an operator who approves, on real servers: who is promoted or that nobody is, what the operator reads, what
// is lost, that never two take writes. What two members take on purpose, behind Petrov's back, is called within 10 s.
import { SCENARIOS } from '@petrov/drill';
import { expect, test } from 'vitest';
import { drill, failures } from '../integration/drill-harness.ts';

/** Played on their own in the integration tests. */
const elsewhere = new Set(['primary-killed', 'monitoring-cut', 'stale-primary-returns']);

test('double-failure of a synchronous set: commits wait for nobody who is gone', async () => {
  const report = await drill({ scenario: 'double-failure', isSync: true });
  expect(failures(report)).toEqual([]);
  expect(report.timings.approveToWritableMs).not.toBeNull();
}, 400_000);

test.each(SCENARIOS.map(({ id }) => id).filter((id) => !elsewhere.has(id)))(
  '%s',
  async (scenario) => {
    const report = await drill({ scenario });
    expect(failures(report)).toEqual([]);
    expect(report.splitBrain).toBe(false);
  },
  400_000,
);
