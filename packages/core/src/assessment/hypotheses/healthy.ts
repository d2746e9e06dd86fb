// The primary serves: a quorum of witnesses gets answers.
import { countQuorum } from '../quorum.ts';
import { asServing, type Hypothesis } from '../weighing.ts';

export const healthy: Hypothesis = {
  verdict: 'healthy',
  weigh(exhibit) {
    const { given, found, reads, commits } = exhibit;
    const alive = countQuorum(given.witnesses, new Set(found.reach.filter((w) => w.seesAlive).map((w) => w.id)));
    if (alive.agreeing * 2 <= alive.configured || reads.agreeing > 0 || commits.agreeing > 0) return undefined;
    return {
      verdict: 'healthy',
      action: 'none',
      rule: 'healthy/answers',
      headline: `${given.primary} serves.`,
      explanation: `${alive.agreeing} of ${alive.configured} witnesses get answers${found.clients.some((c) => c.isServed) ? ', client writes succeed' : ''}.`,
      ...asServing(exhibit),
    };
  },
};
