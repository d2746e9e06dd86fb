// The primary serves, one or more standbys don't follow. Reconnecting takes 5 s by default, so it's said after 8.
import { asServing, type Hypothesis } from '../weighing.ts';
import { sayDuration, sayList } from '../words.ts';

const BROKEN_AFTER_MS = 8_000;

export const replicationBroken: Hypothesis = {
  verdict: 'replication-broken',
  weigh(exhibit) {
    const { given, found } = exhibit;
    if (!found.reach.some((w) => w.seesAlive)) return undefined;
    const broken = found.standbys.filter(
      (s) =>
        s.isFresh &&
        s.receiver?.brokenSinceMs !== undefined &&
        given.nowMs - s.receiver.brokenSinceMs >= BROKEN_AFTER_MS,
    );
    const [first] = broken;
    if (first === undefined) return undefined;
    const since = Math.min(...broken.map((s) => s.receiver?.brokenSinceMs ?? given.nowMs));
    return {
      verdict: 'replication-broken',
      action: 'warn',
      rule: 'replication-broken/not-streaming',
      headline: `${sayList(broken.map((s) => s.id))} ${broken.length === 1 ? 'does' : 'do'} not follow ${given.primary}.`,
      explanation:
        `The primary serves; no stream for ${sayDuration(given.nowMs - since)}. ${broken.length === found.standbys.length ? 'Nothing could take over without loss.' : ''}`.trim(),
      ...asServing(exhibit),
    };
  },
};
