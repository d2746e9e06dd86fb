// A host that is gone takes its agent with it: fenced by its power switch, promoted, and its gate keeps it down afterwards.
import { expect, test } from 'vitest';
import { drill, failures } from '../integration/drill-harness.ts';

test('host-gone: promoted on the proof of the power switch, within the quote, one primary at a time', async () => {
  const report = await drill({ scenario: 'host-gone' });
  expect(failures(report)).toEqual([]);
  expect(['primary-down', 'primary-isolated']).toContain(report.verdict);
}, 240_000);
