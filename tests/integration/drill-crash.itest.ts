// The controller dies by SIGKILL in the middle of a run and comes back: the journal says what is next. Exactly one promotion,
// never two members that take writes. The whole matrix of places is in tests/long.
import { expect, test } from 'vitest';
import { drill, failures } from './drill-harness.ts';

test.each(['after-journal:promote:started'])(
  'a controller that dies %s promotes exactly once',
  async (crashAt) => {
    const report = await drill({ scenario: 'primary-killed', preset: 'fast', crashAt });
    expect(failures(report)).toEqual([]);
    expect(report.splitBrain).toBe(false);
  },
  400_000,
);
