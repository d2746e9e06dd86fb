// A fast stop and a start through the gate, as a supervisor, a package upgrade or a person does it.
import { stopServer } from '../postgres/member.ts';
import { defineFault } from '../fault/fault.ts';
import { MemberArgs, locate, sameMember, startThroughGate } from '../fault/member-argument.ts';

export const restart = defineFault<MemberArgs>({
  name: 'restart',
  summary: 'stop a member (fast) and start it again through its start gate',
  breaks: 'database',
  parameters: MemberArgs,
  positional: ['member'],
  isLasting: false,
  ends: sameMember('kill'),
  apply: async ({ record, stamp }, { member: id }) => {
    const { member, init } = locate(record, id);
    stamp();
    await stopServer(init, member, 'fast');
    await startThroughGate(record, id);
  },
  heal: async () => [],
});
