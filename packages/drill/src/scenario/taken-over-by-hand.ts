// A run is stuck, and somebody promotes a standby past it: adopted, never fought.
import type { Scenario } from './scenario.ts';

export const takenOverByHand: Scenario = {
  id: 'taken-over-by-hand',
  title: 'A standby is promoted by hand while a run is stuck',
  says: "The primary's host is gone and nothing fences it; somebody promotes a standby by hand. It is adopted, the run is over.",
  truth: 'primary-down',
  alsoRight: ['primary-isolated'],
  onlyFence: 'agent',
  fault: { name: 'host-off', args: ['@primary'] },
  proposes: true,
  ends: { state: 'stuck', says: /agent on orders-1 (didn't ask for work|was told to fence and didn't answer)/ },
  sequels: [
    { do: 'break', faults: [{ name: 'promote-by-hand', args: ['@other'] }] },
    { do: 'await-end', ends: { state: 'superseded', says: /orders-3 is the primary.*Petrov did not do this/ } },
    { do: 'heal' },
    { do: 'see-question', question: { kind: 'rejoin' }, withinMs: 90_000 },
  ],
  outcome: 'taken-over',
  staysDown: true,
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
