// It's there and doesn't answer: frozen (reads hang too), or its storage is (reads from memory work, commits never return).
import { clientsFail } from '../corroborate.ts';
import { STILL_MS } from '../findings/index.ts';
import { asFailure, type Exhibit, type Hypothesis, type Weighing } from '../weighing.ts';

export const primaryHung: Hypothesis = {
  verdict: 'primary-hung',
  weigh(exhibit) {
    return exhibit.hasVeto ? undefined : (weighFrozen(exhibit) ?? weighHungCommits(exhibit));
  },
};

function weighFrozen(exhibit: Exhibit): Weighing | undefined {
  const { given, found, reads, corroborations, dwellClass } = exhibit;
  if (!reads.isQuorum || corroborations.length === 0) return undefined;
  const kernelAnswers = found.reach.filter(
    (w) => w.suspectsReads && w.tcp?.isFresh && w.tcp.track.last.outcome === 'ok',
  ).length;
  const isFrozen =
    found.primaryHost === 'stopped' || (found.primaryHost !== 'absent' && kernelAnswers * 2 > reads.agreeing);
  if (!isFrozen) return undefined;
  return {
    verdict: 'primary-hung',
    action: 'none',
    rule: 'primary-hung/frozen',
    headline: `The primary ${given.primary} is frozen: it is there and answers nobody.`,
    explanation: `${reads.agreeing} of ${reads.configured} witnesses get no answer; ${corroborations.map((c) => c.says).join('; ')}. It may wake up and go on: the plan fences it first.`,
    ...asFailure(exhibit),
    failover: { dwellMs: given.policy.dwellMs[dwellClass === 'deadAnswers' ? 'stopped' : dwellClass] },
  };
}

function weighHungCommits(exhibit: Exhibit): Weighing | undefined {
  const { given, found, commits, reads } = exhibit;
  const voices = found.witnessesByWal;
  const isStill = voices.length > 0 && voices.every((s) => (s.stillMs ?? 0) >= STILL_MS);
  const waiting = given.memory.senders.get(given.primary)?.facts.waitingForSync ?? 0;
  const isEverySuspecting = found.reach
    .filter((w) => w.doubt === undefined && w.write?.isFresh)
    .every((w) => w.suspectsCommits);
  if (reads.isQuorum || !commits.isQuorum || !isEverySuspecting || !isStill || waiting > 0 || !clientsFail(found))
    return undefined;
  return {
    verdict: 'primary-hung',
    action: 'none',
    rule: 'primary-hung/commits',
    headline: `The primary ${given.primary} answers reads and commits nothing.`,
    explanation: `${commits.agreeing} of ${commits.configured} witnesses wait for a commit, client writes fail, and no standby receives newer WAL: its storage hangs.`,
    ...asFailure(exhibit),
    failover: { dwellMs: given.policy.dwellMs.hung },
  };
}
