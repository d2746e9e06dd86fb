// Many failed in the same way at once, and the answers are those of a living server: suspect what the observers share.
import { asServing, type Hypothesis } from '../weighing.ts';
import { sayOutcome } from '../words.ts';

const sharedFailures = new Set(['auth-failed', 'tls-failed', 'dns-failed']);

export const commonCause: Hypothesis = {
  verdict: 'common-cause',
  weigh(exhibit) {
    const { given, found } = exhibit;
    const failing = found.reach
      .map((w) => (w.newSession?.isFresh ? w.newSession.track.last.outcome : undefined))
      .filter((o) => o !== undefined && sharedFailures.has(o));
    const [outcome] = failing;
    if (
      outcome === undefined ||
      failing.length < 2 ||
      failing.some((o) => o !== outcome) ||
      failing.length * 2 <= given.witnesses.length
    )
      return undefined;
    return {
      verdict: 'common-cause',
      action: 'page',
      rule: `common-cause/${outcome}`,
      headline: `Our own access fails, not the database: ${sayOutcome(outcome)} for ${failing.length} of ${given.witnesses.length} witnesses at once.`,
      explanation:
        'Only a living server answers so, and the same answer came to several witnesses in the same moment: look at the credential, certificate or name they share. No failover is proposed.',
      ...asServing(exhibit),
    };
  },
};
