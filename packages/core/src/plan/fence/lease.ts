// By the agent's own promise to stop Postgres when it has reached nobody for a time that both sides know: waited out. Counts on
// an agent that lives; it says so.
import type { FenceWay } from './way.ts';

export const lease: FenceWay = {
  withinMs: 60_000,
  expect({ primary, topology }, { primaryHostFinding }) {
    const host = primaryHostFinding?.host;
    const afterMs = topology.fences?.find(({ method }) => method === 'lease')?.afterMs;
    const leaseMs = host?.facts.leaseMs;
    if (leaseMs === undefined) return { is: 'impossible', because: `the agent on ${primary} holds no lease` };
    if (afterMs === undefined || leaseMs > afterMs)
      return { is: 'impossible', because: `the lease of ${primary} is longer than is counted on here` };
    if (primaryHostFinding?.isFresh === true)
      return { is: 'impossible', because: `the agent on ${primary} is heard, so its lease does not run out` };
    return {
      is: 'expected',
      once: `the lease of ${primary} has run out: its agent stops Postgres after ${leaseMs / 1_000} s in which it reached nobody`,
      except:
        'An agent that is dead or frozen stops nothing; one that restarts renews for one term; after a reboot of its host it holds only with gateWhenAlone closed there.',
    };
  },
  fence: ({ member }) => ({
    says: `Wait until the lease of ${member} has run out`,
    command: `read all other members: nothing of ${member} reaches them nor the controller for the lease and its margin`,
    doneWhen: 'nobody has heard of it for that long',
  }),
  unfence: ({ member }) => ({
    says: `Lift the fence of ${member}, if no other member is out of recovery`,
    command: `agent on ${member}: unfence`,
    doneWhen: 'its agent says that the fence is lifted',
  }),
  byHand: ({ member }) =>
    `on the host of ${member} remove fence.json and standing.json from the agent's state directory and standby.signal from the data directory, then start Postgres`,
};
