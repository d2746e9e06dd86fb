// A machine that is gone while it wrote some MB a second: for all that anybody sees it may be writing still, so the quote grows
// past what the policy lets one person agree to. Two do, by name; what is really lost lies far below.
import type { Scenario } from './scenario.ts';

export const hostGoneBusy: Scenario = {
  id: 'host-gone-busy',
  title: "A busy primary's host loses its power",
  says: 'The loss that silence lets fear is above the policy’s: it takes two people who name it. The power switch proves the host off.',
  truth: 'primary-down',
  alsoRight: ['primary-isolated'],
  first: { faults: [{ name: 'write-load', args: ['@primary'] }], forMs: 8_000 },
  fault: { name: 'host-off', args: ['@primary'] },
  proposes: true,
  takesTwo: true,
  staysDown: true,
  pauseMsMax: 0,
  proposalWithinMs: 45_000,
};
