// A primary that slept through its own replacement wakes up, with all of its processes and its agent: no other fence than what
// its commits wait for, and it must not acknowledge one more write.
import type { Scenario } from './scenario.ts';

export const frozenThenThawed: Scenario = {
  id: 'frozen-then-thawed',
  title: 'The frozen primary wakes up after the promotion',
  says: 'The whole host freezes; its synchronous standbys are taken from it. Awake after the promotion it acknowledges nothing: stop it.',
  truth: 'primary-hung',
  alsoRight: ['primary-down', 'primary-isolated'],
  isSync: true,
  onlyFence: 'sync-starved',
  fault: { name: 'freeze', args: ['@primary', '--host'] },
  proposes: true,
  sequels: [
    { do: 'break', faults: [{ name: 'thaw', args: ['@primary'] }] },
    { do: 'see', verdict: 'split-brain', withinMs: 30_000 },
    { do: 'break', faults: [{ name: 'stop', args: ['@primary'] }] },
    { do: 'see', verdict: 'healthy', withinMs: 60_000 },
  ],
  staysDown: true,
  pauseMsMax: 0,
  proposalWithinMs: 45_000,
};
