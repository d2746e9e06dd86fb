// By a command of the operator's own on the controller's host.
import type { FenceWay } from './way.ts';

export const command: FenceWay = {
  withinMs: 30_000,
  expect: ({ primary }) => ({ is: 'expected', once: `the configured fence command has reported ${primary} as fenced` }),
  fence: ({ member }) => ({
    says: `Fence ${member} by the configured command`,
    command: `the fence command of the configuration, for ${member}`,
    doneWhen: 'it ends with exit code 0',
  }),
  unfence: ({ member }) => ({
    says: `Lift the fence of ${member} by the configured command, if no other member is out of recovery`,
    command: `the unfence command of the configuration, for ${member}`,
    doneWhen: 'it ends with exit code 0',
  }),
  byHand: ({ member }) => `run the unfence command of the configuration for ${member}`,
};
