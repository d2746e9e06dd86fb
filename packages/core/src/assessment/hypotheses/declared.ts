// It's down, and somebody said that it would be. A declared outage is not a failure until its declared end.
import { asFailure, type Hypothesis } from '../weighing.ts';
import { sayDuration } from '../words.ts';

const coversOutage = new Set(['restart', 'maintenance', 'switchover']);

export const declared: Hypothesis = {
  verdict: 'declared',
  weigh(exhibit) {
    const { given, reads, commits, found } = exhibit;
    const isOut =
      reads.agreeing > 0 ||
      commits.agreeing > 0 ||
      found.reach.some((w) => w.reading === 'starting' || w.takesNobodyIn);
    const intent = [...given.memory.intents.values()].find(
      (i) =>
        coversOutage.has(i.kind) &&
        (i.untilMs === undefined || i.untilMs > given.nowMs) &&
        (i.member === undefined || i.member === given.primary),
    );
    if (!isOut || intent === undefined) return undefined;
    const until =
      intent.untilMs === undefined ? 'without an end' : `for another ${sayDuration(intent.untilMs - given.nowMs)}`;
    return {
      verdict: 'declared',
      action: 'none',
      rule: `declared/${intent.kind}`,
      headline: `${given.primary} is down as declared: ${intent.kind}.`,
      explanation: `${intent.owner} declared it, ${until}. Nothing is proposed while that lasts.`,
      ...asFailure(exhibit),
    };
  },
};
