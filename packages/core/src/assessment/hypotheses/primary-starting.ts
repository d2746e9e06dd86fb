// It's coming back by itself: starting up, shutting down, crash recovery. Patience runs from the first such answer since the
// last commit; progress of recovery, told by its agent, extends it. Its end alone proposes nothing: a failover needs a quorum
// and a second kind here as well. (Invariant I5)
import { corroborateStarting } from '../corroborate.ts';
import { countStarting } from '../starting.ts';
import { findSignsOfLife } from '../veto.ts';
import { asFailure, type Exhibit, type Hypothesis, type Weighing } from '../weighing.ts';
import { sayDuration } from '../words.ts';

const RECOVERY_PROGRESS_MS = 10_000;
/** What is missing for a proposal when patience ends may be on its way. */
const PAGE_AFTER_MS = 10_000;

type Told = Pick<Weighing, 'rule' | 'headline' | 'explanation'> & Partial<Weighing>;

export const primaryStarting: Hypothesis = {
  verdict: 'primary-starting',
  weigh(exhibit) {
    const { given, found, hasVeto } = exhibit;
    const since = given.startingSinceMs;
    if (since === undefined || hasVeto) return undefined;
    const waited = given.nowMs - since;
    const restarts = given.memory.members.get(given.primary)?.restarts ?? 0;
    const isAnswered = found.reach.some((w) => w.seesAlive);
    const says = `It ${isAnswered ? 'answers at times, and has committed nothing' : 'says that it is starting'}${restarts > 0 ? ` (${restarts} restarts seen)` : ''}, for ${sayDuration(waited)} now.`;
    const { explanation, ...told } = tell(exhibit, since);
    return {
      verdict: 'primary-starting',
      action: 'none',
      ...asFailure(exhibit),
      ...told,
      explanation: `${says} ${explanation}`,
    };
  },
};

function tell(exhibit: Exhibit, since: number): Told {
  const { given, found } = exhibit;
  const waited = given.nowMs - since;
  const patienceMs = given.policy.startPatienceMs;
  const host = found.primaryHostFinding?.host;
  const makesProgress =
    host?.recoveryAdvancedAtMs !== undefined && given.nowMs - host.recoveryAdvancedAtMs < RECOVERY_PROGRESS_MS;
  if (makesProgress || waited < patienceMs)
    return {
      rule: makesProgress ? 'primary-starting/recovering' : 'primary-starting/patience',
      headline: `${given.primary} is coming back by itself.`,
      explanation: makesProgress
        ? 'Its recovery makes progress.'
        : `A failover is proposed if it is not back in ${sayDuration(patienceMs - waited)}.`,
    };
  const headline = `${given.primary} has been starting for ${sayDuration(waited)} and is not back.`;
  const missing = findMissing(exhibit, since);
  if (missing !== undefined)
    return {
      rule: 'primary-starting/unconfirmed',
      action: waited >= patienceMs + PAGE_AFTER_MS ? 'page' : 'none',
      headline,
      explanation: `That is longer than the policy’s patience. No failover is proposed: ${missing}.`,
      isOpen: true,
    };
  return {
    rule: 'primary-starting/patience-exceeded',
    headline,
    explanation: `That is longer than the policy’s patience; ${sayConfirmed(exhibit)}.`,
    failover: { dwellMs: 0 },
  };
}

/** What keeps a failover from being proposed though its patience is over, in words. */
function findMissing({ given, found }: Exhibit, since: number): string | undefined {
  const count = countStarting(given, found);
  if (!count.isQuorum)
    return `only ${count.agreeing} of ${count.configured} witnesses in ${count.zones} ${count.zones === 1 ? 'zone' : 'zones'} find it so`;
  const sign = findSignsOfLife({ ...given, suspectedSinceMs: since }, found).find((s) => s.isVeto);
  if (sign !== undefined) return sign.says;
  return corroborateStarting(given, found).length === 0 ? 'no second kind of source confirms it' : undefined;
}

function sayConfirmed({ given, found }: Exhibit): string {
  return corroborateStarting(given, found)
    .map((c) => c.says)
    .join('; ');
}
