// We can't see it, others can: our path is cut. The satellites say missiles; no other kind of sensor does.
// A word from before the suspicion is no word of life: what a dead server's agent said last must not call it alive.
// Witnesses that find themselves cut off (they doubt themselves) see no more than those whose probes fail.
import { countQuorum } from '../quorum.ts';
import { asServing, type Hypothesis } from '../weighing.ts';
import { sayList } from '../words.ts';

export const monitoringBlind: Hypothesis = {
  verdict: 'monitoring-blind',
  weigh(exhibit) {
    const { given, found, sides, hasVeto, signsOfLife } = exhibit;
    const blind = found.reach.filter((w) => w.suspectsReads || w.doubt !== undefined);
    const doubting = blind.filter((w) => w.doubt !== undefined).length;
    const count = countQuorum(given.witnesses, new Set(blind.map((w) => w.id)));
    const isBlind = count.isQuorum && !found.reach.some((w) => w.seesAlive);
    const others = sides.living.filter((e) => e.kind !== 'reach' && e.kind !== 'intent');
    if (!isBlind || (!hasVeto && others.length === 0)) return undefined;
    const seers = [
      ...new Set([...signsOfLife.filter((s) => s.isVeto).map((s) => s.source), ...others.map((e) => e.source)]),
    ];
    const cutOff =
      doubting === 0 ? '' : `${doubting} of them ${doubting === 1 ? 'doubts itself' : 'doubt themselves'}, `;
    return {
      verdict: 'monitoring-blind',
      action: 'page',
      rule: hasVeto ? 'monitoring-blind/others-see-it-live' : 'monitoring-blind/others-answer',
      headline: 'We are blind, the database is not.',
      explanation: `${count.agreeing} of ${count.configured} witnesses lost ${given.primary}, ${cutOff}but ${sayList(seers)} still see${seers.length === 1 ? 's' : ''} it alive. No failover is proposed: suspect the network between the witnesses and ${given.primary}.`,
      ...asServing(exhibit),
      isOpen: true,
    };
  },
};
