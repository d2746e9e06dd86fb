// By the agent on the primary's host. One that was ever heard can fence; whether it still answers is found when it's asked.
import type { FenceWay } from './way.ts';

export const agent: FenceWay = {
  withinMs: 15_000,
  expect({ primary }, { primaryHostFinding }) {
    if (primaryHostFinding?.host === undefined) return { is: 'impossible', because: `there is no agent on ${primary}` };
    const once = `the agent on ${primary} has stopped Postgres and closed its start gate`;
    return primaryHostFinding.isFresh
      ? { is: 'expected', once }
      : { is: 'possible', once, unsure: 'its agent is silent now' };
  },
  fence: ({ member }) => ({
    says: `Fence ${member}: stop Postgres, close its start gate`,
    command: `agent on ${member}: fence (stop every process, standby.signal, fence file)`,
    doneWhen: 'its agent proves that no process is left and a start would be read-only',
  }),
  unfence: ({ member }) => ({
    says: `Open the start gate of ${member} again, if no other member is out of recovery`,
    command: `agent on ${member}: unfence`,
    doneWhen: 'its agent says that the fence is lifted',
  }),
};
