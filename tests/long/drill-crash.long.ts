// Every place at which the controller can die in a run: before and after each line of the journal, during and after each act.
import { expect, test } from 'vitest';
import { drill, failures } from '../integration/drill-harness.ts';

const steps = ['look', 'fence', 'settle', 'promote', 'verify', 'repoint'] as const;
const points = steps.flatMap((step) => [
  `before-journal:${step}:started`,
  `after-journal:${step}:started`,
  `during-act:${step}`,
  `after-act:${step}`,
  `before-journal:${step}:done`,
  `after-journal:${step}:done`,
]);

test.each(points)(
  'died %s: exactly one promotion, never two that take writes',
  async (crashAt) => {
    const report = await drill({ scenario: 'primary-killed', preset: 'fast', crashAt });
    expect(failures(report)).toEqual([]);
    expect(report.splitBrain).toBe(false);
  },
  240_000,
);
