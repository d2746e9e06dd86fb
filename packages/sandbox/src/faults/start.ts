// Starts a stopped member by hand, as a person or a supervisor would: through its gate.
import { SandboxError } from '../errors.ts';
import { findPostmaster, listServerPids } from '../postgres/processes.ts';
import { waitFor } from '../wait.ts';
import { defineFault } from '../fault/fault.ts';
import { MemberArgs, locate, sameMember, startThroughGate } from '../fault/member-argument.ts';

export const start = defineFault<MemberArgs>({
  name: 'start',
  summary: 'start a stopped member by hand, through its start gate',
  breaks: 'database',
  parameters: MemberArgs,
  positional: ['member'],
  isLasting: false,
  ends: sameMember('kill'),
  apply: async ({ record, stamp }, { member: id }) => {
    const { member, init } = locate(record, id);
    if ((await findPostmaster(init, member)) !== undefined) {
      throw new SandboxError('running', `${id} runs already`);
    }
    // Backends that outlive a killed postmaster hold its shared memory: a start before they are gone is refused.
    const isFree = async (): Promise<boolean> => (await listServerPids(init)).length === 0;
    await waitFor(isFree, { what: `the last processes of ${id} to end`, timeoutMs: 10_000 });
    stamp();
    await startThroughGate(record, id);
  },
  heal: async () => [],
});
