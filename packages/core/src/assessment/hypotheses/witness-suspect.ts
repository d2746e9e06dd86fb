// One source alone disagrees, or doubts itself. It's shown, and doesn't count.
import { asServing, type Hypothesis } from '../weighing.ts';
import { sayList } from '../words.ts';

export const witnessSuspect: Hypothesis = {
  verdict: 'witness-suspect',
  weigh(exhibit) {
    const { given, found, reads } = exhibit;
    const doubting = found.reach.filter((w) => w.doubt !== undefined);
    const alone = found.reach.filter((w) => w.suspectsReads || w.suspectsCommits);
    const isServing = found.reach.some((w) => w.seesAlive);
    if (
      !isServing ||
      reads.isQuorum ||
      (doubting.length === 0 && alone.length === 0) ||
      alone.length * 2 > given.witnesses.length
    )
      return undefined;
    const [first] = doubting;
    return {
      verdict: 'witness-suspect',
      action: 'warn',
      rule: first === undefined ? 'witness-suspect/alone' : 'witness-suspect/doubts-itself',
      headline:
        first === undefined
          ? `${sayList(alone.map((w) => w.id))} lost ${given.primary}; the others reach it.`
          : `${first.id} doubts itself: ${first.doubt}.`,
      explanation:
        first === undefined
          ? 'One observer alone is never proof: suspect its path or its zone. The database serves.'
          : 'Its word does not count until it has recovered. The others still watch.',
      ...asServing(exhibit),
    };
  },
};
