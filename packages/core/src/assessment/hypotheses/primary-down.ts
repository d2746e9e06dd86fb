// The primary's server or host is gone: a quorum of witnesses in two zones, and a second kind of evidence, and no sign of life.
import { sayMainOutcome } from '../evidence/index.ts';
import { asFailure, type Hypothesis } from '../weighing.ts';
import { areDeadAnswers } from '../corroborate.ts';

export const primaryDown: Hypothesis = {
  verdict: 'primary-down',
  weigh(exhibit) {
    const { given, found, reads, corroborations, hasVeto, dwellClass } = exhibit;
    if (hasVeto || !reads.isQuorum || corroborations.length === 0) return undefined;
    const isDead = areDeadAnswers(found) || found.primaryHost === 'absent';
    return {
      verdict: 'primary-down',
      action: 'none',
      rule: isDead ? 'primary-down/dead-answers' : 'primary-down/silence',
      headline: isDead
        ? `The primary ${given.primary} is down.`
        : `The primary ${given.primary} is gone: nobody of any kind hears from it.`,
      explanation: `${reads.agreeing} of ${reads.configured} witnesses in ${reads.zones} zones: ${sayMainOutcome(found)}; ${corroborations.map((c) => c.says).join('; ')}.`,
      ...asFailure(exhibit),
      failover: { dwellMs: given.policy.dwellMs[dwellClass] },
    };
  },
};
