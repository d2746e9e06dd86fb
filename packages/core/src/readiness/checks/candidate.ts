// Is there anybody to promote, by the same ranking that a plan uses?
import { type Check, fails, ok } from '../check.ts';

export const candidate: Check = {
  id: 'candidate',
  title: 'Candidate',
  examine: ({ candidate: who }) =>
    who.ok
      ? ok(`${who.value} would be promoted now.`)
      : fails(`Nobody could take over: ${who.says}.`, 'See why each standby is ruled out on the cluster’s page.'),
};
