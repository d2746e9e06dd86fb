// Only seconds in which pgbench wrote count as load.
import { expect, it } from 'vitest';
import { countReports } from './load.ts';

it('counts seconds with transactions, not those without', () => {
  const log = [
    'pgbench (15.14)',
    'progress: 1.0 s, 201.0 tps, lat 3.1 ms stddev 0.9, 0 failed, lag 0.4 ms',
    'progress: 2.0 s, 0.0 tps, lat 0.000 ms stddev 0.000, 0 failed, lag 0.000 ms',
    'pgbench: error: connection to server at "10.0.0.1", port 5432 failed: Connection refused',
    'progress: 1.0 s, 12.9 tps, lat 3.1 ms stddev 0.9, 0 failed, lag 0.4 ms',
  ].join('\n');
  expect(countReports(log)).toBe(2);
});
