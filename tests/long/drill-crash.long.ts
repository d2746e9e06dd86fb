// Every place at which the controller can die in a run of a failover, each on a set of its own: in the main job, where a
// sibling's WAL is taken first, and where the run is given up. Each death is by SIGKILL; each drill is held to all its checks.
import { describe, expect, test } from 'vitest';
import { drill, failures } from '../integration/drill-harness.ts';
import { placesIn } from './crash-places.ts';

const steps = ['look', 'fence', 'settle', 'promote', 'verify', 'repoint'] as const;

describe('a failover', () => {
  const more = steps.flatMap((step) => [`before-journal:${step}:done`, `after-journal:${step}:done`]);
  test.each([...placesIn(steps), ...more])(
    'died %s: exactly one promotion, never two that take writes',
    async (crashAt) => await play({ scenario: 'primary-killed', crashAt }),
    400_000,
  );
});

describe('a failover that takes the WAL of a sibling first', () => {
  test.each(placesIn(['fast-forward']))(
    'died %s: exactly one promotion, with that WAL',
    async (crashAt) => await play({ scenario: 'standby-ahead', crashAt }),
    400_000,
  );
});

describe('a failover to the last standby of a synchronous set, given up', () => {
  test.each(placesIn(['prepare', 'drop-promotion', 'unfence', 'restore-sync']))(
    'died %s: nobody is promoted, the old primary serves again',
    async (crashAt) => await play({ scenario: 'alone-given-up', isSync: true, crashAt }),
    400_000,
  );
});

async function play(asked: { readonly scenario: string; readonly crashAt: string; readonly isSync?: boolean }) {
  const report = await drill({ preset: 'fast', ...asked });
  expect(failures(report)).toEqual([]);
  expect(report.splitBrain).toBe(false);
}
