// By a power switch, a hypervisor or a cloud: it needs nothing of the host, so it's expected to work whatever became of that.
import type { FenceWay } from './way.ts';

export const http: FenceWay = {
  withinMs: 30_000,
  expect: ({ primary }) => ({ is: 'expected', once: `its power switch says that the machine of ${primary} is off` }),
  fence: (primary) => ({
    says: `Power ${primary} off`,
    command: `power switch of ${primary}: off, then ask until it says so`,
    doneWhen: 'the switch says that the machine is off',
  }),
  unfence: (primary) => ({
    says: `Power ${primary} on again, if no other member is out of recovery`,
    command: `power switch of ${primary}: on, then ask until it says so`,
    doneWhen: 'the switch says that the machine is on',
  }),
};
