// A primary that slept through its own replacement wakes up: it must not acknowledge one more write.
import type { Scenario } from './scenario.ts';

export const frozenThenThawed: Scenario = {
  id: 'frozen-then-thawed',
  title: 'The frozen primary wakes up after the promotion',
  says: 'SIGSTOP for every process of Postgres; after the promotion what is left of it goes on, and somebody starts it again.',
  truth: 'primary-hung',
  alsoRight: ['primary-down', 'primary-isolated'],
  fault: { name: 'freeze', args: ['@primary'] },
  proposes: true,
  sequels: [{ do: 'break', faults: [{ name: 'thaw', args: ['@primary'] }] }],
  pauseMsMax: 0,
  proposalWithinMs: 45_000,
};
