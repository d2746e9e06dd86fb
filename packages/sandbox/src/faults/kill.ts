// SIGKILL for the postmaster alone, as the kernel's memory killer or a careless hand does: its backends live on until
// they notice, and may still acknowledge a commit.
import { SandboxError } from '../errors.ts';
import { sendSignal } from '../identity.ts';
import { findPostmaster } from '../postgres/processes.ts';
import { defineFault } from '../fault/fault.ts';
import { MemberArgs, locate, startStopped } from '../fault/member-argument.ts';

export const kill = defineFault<MemberArgs>({
  name: 'kill',
  summary: 'kill -9 of the postmaster of a member',
  breaks: 'database',
  parameters: MemberArgs,
  positional: ['member'],
  isLasting: true,
  apply: async ({ record, stamp }, { member: id }) => {
    const { member, init } = locate(record, id);
    const postmaster = await findPostmaster(init, member);
    if (postmaster === undefined) throw new SandboxError('not-running', `${id} does not run: nothing to kill`);
    stamp();
    sendSignal(postmaster, 'SIGKILL');
  },
  heal: startStopped,
});
