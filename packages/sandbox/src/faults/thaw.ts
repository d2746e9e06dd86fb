// Lets a frozen member go on where it stopped.
import { defineFault } from '../fault/fault.ts';
import { thawMember } from './freeze.ts';
import { MemberArgs, locate, sameMember } from '../fault/member-argument.ts';

export const thaw = defineFault<MemberArgs>({
  name: 'thaw',
  summary: 'let a frozen member go on',
  breaks: 'database',
  parameters: MemberArgs,
  positional: ['member'],
  isLasting: false,
  ends: sameMember('freeze'),
  apply: async ({ record, stamp }, { member: id }) => {
    const { init } = locate(record, id);
    stamp();
    await thawMember(init);
  },
  heal: async () => [],
});
