// The power of a member's host is cut: every process on it ends at once, its agent among them, and its addresses answer no
// more, as before a machine that is gone. Nothing says goodbye: what is connected to it notices by silence.
import { SandboxError } from '../errors.ts';
import { defineFault } from '../fault/fault.ts';
import { MemberArgs, sameMember } from '../fault/member-argument.ts';
import { boot, isOn, powerOff, powerOn } from '../power/power.ts';
import { listMembers } from '../site/access.ts';

export const hostOff = defineFault<MemberArgs>({
  name: 'host-off',
  summary: "cut the power of a member's host: all its processes end at once, its addresses answer no more",
  breaks: 'database',
  parameters: MemberArgs,
  positional: ['member'],
  isLasting: true,
  ends: sameMember('freeze', 'kill'),
  apply: async ({ record, file, stamp }, { member }) => {
    if (!isOn(record, member)) throw new SandboxError('not-running', `the host of ${member} is off already`);
    await powerOff(file, member, stamp);
  },
  heal: async (record, file) => {
    const off = listMembers(record).filter(({ member }) => !isOn(record, member.id));
    return await Promise.all(
      off.map(async ({ member }) => {
        await powerOn(file, member.id);
        return await boot(file, member.id);
      }),
    );
  },
});
