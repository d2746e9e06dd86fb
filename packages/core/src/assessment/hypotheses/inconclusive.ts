// The evidence contradicts itself or is missing. "We don't know" is an answer, and says what would settle it.
import { asFailure, type Hypothesis } from '../weighing.ts';
import { sayList } from '../words.ts';

/** An undecided look isn't worth a page until it has lasted. */
const PAGE_AFTER_MS = 10_000;

export const inconclusive: Hypothesis = {
  verdict: 'inconclusive',
  weigh(exhibit) {
    const { given, found, reads, undecidedSinceMs } = exhibit;
    const heard = found.reach.filter((w) => w.reading !== 'unseen');
    const newest = Math.max(0, ...found.reach.map((w) => w.sql?.track.last.atMs ?? 0));
    const isSilent = heard.length === 0;
    const since = isSilent ? newest || given.memory.firstAtMs || given.nowMs : (undecidedSinceMs ?? given.nowMs);
    const isLong = given.nowMs - since >= PAGE_AFTER_MS;
    return {
      verdict: 'inconclusive',
      action: isLong ? 'page' : 'none',
      rule: isSilent ? 'inconclusive/no-reports' : 'inconclusive/contradiction',
      headline: isSilent
        ? `We know nothing about ${given.primary}: no witness reports.`
        : `We cannot tell yet whether ${given.primary} has failed.`,
      explanation: isSilent
        ? 'Silence is no evidence that it is down. A report of any witness would settle it.'
        : `${reads.agreeing} of ${reads.configured} witnesses suspect it. ${settles(exhibit)}`,
      ...asFailure(exhibit),
      isOpen: true,
    };
  },
};

function settles({ found, given, corroborations, signsOfLife }: Parameters<Hypothesis['weigh']>[0]): string {
  const sign = signsOfLife.find((s) => s.isVeto);
  if (sign !== undefined) return `It shows signs of life: ${sign.says}.`;
  const missing = [
    ...(found.primaryHost === 'unseen' ? [`the agent on ${given.primary}`] : []),
    ...found.standbys.filter((s) => !s.isFresh).map((s) => s.id),
    ...found.reach.filter((w) => w.reading === 'unseen').map((w) => w.id),
  ];
  if (missing.length > 0) return `A word of ${sayList(missing)} would settle it.`;
  return corroborations.length === 0 ? 'No second kind of source confirms it.' : 'There are signs of life.';
}
