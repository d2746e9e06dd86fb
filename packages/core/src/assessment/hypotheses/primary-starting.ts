// It's coming back by itself: starting up, shutting down, crash recovery. Patience runs from the first such answer since the
// last commit; progress of recovery, told by its agent, extends it.
import { corroborate } from '../corroborate.ts';
import { asFailure, type Hypothesis } from '../weighing.ts';
import { sayDuration } from '../words.ts';

const RECOVERY_PROGRESS_MS = 10_000;

export const primaryStarting: Hypothesis = {
  verdict: 'primary-starting',
  weigh(exhibit) {
    const { given, found, hasVeto } = exhibit;
    const since = given.startingSinceMs;
    if (since === undefined || hasVeto) return undefined;
    const host = found.primaryHostFinding?.host;
    const makesProgress =
      host?.recoveryAdvancedAtMs !== undefined && given.nowMs - host.recoveryAdvancedAtMs < RECOVERY_PROGRESS_MS;
    const patienceMs = given.policy.startPatienceMs;
    const waited = given.nowMs - since;
    const restarts = given.memory.members.get(given.primary)?.restarts ?? 0;
    const isOver =
      waited >= patienceMs &&
      !makesProgress &&
      (exhibit.reads.isQuorum || corroborate(given, found).length > 0 || allStarting(exhibit));
    return {
      verdict: 'primary-starting',
      action: 'none',
      rule: isOver
        ? 'primary-starting/patience-exceeded'
        : makesProgress
          ? 'primary-starting/recovering'
          : 'primary-starting/patience',
      headline: isOver
        ? `${given.primary} has been starting for ${sayDuration(waited)} and is not back.`
        : `${given.primary} is coming back by itself.`,
      explanation: `It says that it is starting${restarts > 0 ? ` (${restarts} restarts seen)` : ''}, for ${sayDuration(waited)} now. ${
        isOver
          ? 'That is longer than the policy’s patience.'
          : makesProgress
            ? 'Its recovery makes progress.'
            : `A failover is proposed if it is not back in ${sayDuration(patienceMs - waited)}.`
      }`,
      ...asFailure(exhibit),
      ...(isOver ? { failover: { dwellMs: 0 } } : {}),
    };
  },
};

/** A quorum hears nothing but "starting up" or bad answers. */
function allStarting({ given, found }: Parameters<Hypothesis['weigh']>[0]): boolean {
  const hurt = found.reach.filter((w) => w.doubt === undefined && (w.reading === 'starting' || w.suspectsReads));
  return hurt.length * 2 > given.witnesses.length && new Set(hurt.map((w) => w.zone)).size >= 2;
}
