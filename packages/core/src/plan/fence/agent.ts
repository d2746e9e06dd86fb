// By the agent on the primary's host. One that is configured, or was ever heard, can fence, unless it tells that its file
// doesn't let it; whether it still answers is found when it's asked.
import { sayForbidden } from '../../assessment/findings/index.ts';
import { findMember } from '../../cluster/index.ts';
import type { FenceWay } from './way.ts';

export const agent: FenceWay = {
  withinMs: 15_000,
  expect({ primary, topology }, { primaryHostFinding }) {
    const host = primaryHostFinding?.host;
    const isThere = host !== undefined || findMember(topology, primary)?.hasAgent === true;
    if (!isThere) return { is: 'impossible', because: `there is no agent on ${primary}` };
    const forbidden = sayForbidden(host, ['fence']);
    if (forbidden !== undefined) return { is: 'impossible', because: `the agent on ${primary} ${forbidden}` };
    const once = `the agent on ${primary} has stopped Postgres and closed its start gate`;
    const kept = sayForbidden(host, ['unfence']);
    const except = kept && `That agent ${kept}: giving up could not lift this fence, only a person on that host.`;
    return primaryHostFinding?.isFresh === true
      ? { is: 'expected', once, except }
      : { is: 'possible', once, except, unsure: 'its agent is silent now' };
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
  byHand: ({ member }) =>
    `on the host of ${member} remove fence.json and standing.json from the agent's state directory and standby.signal from the data directory, then start Postgres`,
};
