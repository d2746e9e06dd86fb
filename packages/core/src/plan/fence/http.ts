// By a power switch, a hypervisor or a cloud: it needs nothing of the host, so it's expected to work whatever became of that.
import type { FenceWay } from './way.ts';

export const http: FenceWay = {
  withinMs: 30_000,
  expect: ({ primary }) => ({ is: 'expected', once: `its power switch says that the machine of ${primary} is off` }),
  fence: ({ member }) => ({
    says: `Power ${member} off`,
    command: `power switch of ${member}: off, then ask until it says so`,
    doneWhen: 'the switch says that the machine is off',
  }),
  unfence: ({ member }) => ({
    says: `Power ${member} on again, if no other member is out of recovery`,
    command: `power switch of ${member}: on, then ask until it says so`,
    doneWhen: 'the switch says that the machine is on',
  }),
  byHand: ({ member }) => `power the machine of ${member} on`,
};
