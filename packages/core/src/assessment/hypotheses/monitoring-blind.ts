// We can't see it, others can: our path is cut. The satellites say missiles; no other kind of sensor does.
import { asServing, type Hypothesis } from '../weighing.ts';
import { sayList } from '../words.ts';

export const monitoringBlind: Hypothesis = {
  verdict: 'monitoring-blind',
  weigh(exhibit) {
    const { given, found, reads, sides, hasVeto, signsOfLife } = exhibit;
    const believed = found.reach.filter((w) => w.doubt === undefined);
    const isBlind = reads.isQuorum && !found.reach.some((w) => w.seesAlive);
    const others = sides.living.filter((e) => e.kind !== 'reach' && e.kind !== 'intent');
    if (!isBlind || (!hasVeto && others.length === 0)) return undefined;
    const seers = [
      ...new Set([...signsOfLife.filter((s) => s.isVeto).map((s) => s.source), ...others.map((e) => e.source)]),
    ];
    return {
      verdict: 'monitoring-blind',
      action: 'page',
      rule: hasVeto ? 'monitoring-blind/others-see-it-live' : 'monitoring-blind/others-answer',
      headline: 'We are blind, the database is not.',
      explanation: `${reads.agreeing} of ${believed.length} witnesses lost ${given.primary}, but ${sayList(seers)} still see${seers.length === 1 ? 's' : ''} it alive. No failover is proposed: suspect the network between the witnesses and ${given.primary}.`,
      ...asServing(exhibit),
    };
  },
};
