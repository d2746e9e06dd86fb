// No fence at all: nothing is done to the old primary, and nothing is proven of it. Planned only where no other way is left,
// and agreed to by two people who name it.
import type { FenceWay } from './way.ts';

export const unfenced: FenceWay = {
  withinMs: 10_000,
  expect: () => ({ is: 'impossible', because: 'without a fence nothing is proven' }),
  fence: ({ member }) => ({
    says: `Leave ${member} as it is: it may still take writes, and what clients write there is lost`,
    command: `read ${member} once; nothing is stopped`,
    doneWhen: `${member} does not answer as a primary; that proves nothing`,
  }),
  unfence: ({ member }) => ({
    says: `Leave ${member} as it is: it was not fenced`,
    command: 'nothing',
    doneWhen: 'at once',
  }),
  byHand: ({ member }) => `nothing is to be lifted of ${member}`,
};
