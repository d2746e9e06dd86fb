// It's down, and somebody said that it would be. A declared outage is not a failure until its declared end.
import type { IntentMemory } from '../../observation/index.ts';
import type { Case } from '../case.ts';
import { asFailure, type Hypothesis } from '../weighing.ts';
import { sayDuration } from '../words.ts';

const coversOutage = new Set(['restart', 'maintenance', 'switchover']);

/** What somebody declared of the primary, or of all, that makes an outage expected now. */
export function findCoveringIntent(given: Case): IntentMemory | undefined {
  return [...given.memory.intents.values()].find(
    (i) =>
      coversOutage.has(i.kind) &&
      (i.untilMs === undefined || i.untilMs > given.nowMs) &&
      (i.member === undefined || i.member === given.primary),
  );
}

export const declared: Hypothesis = {
  verdict: 'declared',
  weigh(exhibit) {
    const { given, reads, commits, found } = exhibit;
    const isOut =
      reads.agreeing > 0 ||
      commits.agreeing > 0 ||
      found.reach.some((w) => w.reading === 'starting' || w.takesNobodyIn);
    const intent = findCoveringIntent(given);
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
