// Two members are out of recovery at the same time, both seen so lately. Never add a third. One that was seen so until it
// died, and another from later on, are a promotion.
import type { MemberMemory } from '../../observation/index.ts';
import { freshnessMs } from '../case.ts';
import { asFailure, type Hypothesis } from '../weighing.ts';
import { sayList } from '../words.ts';

export const splitBrain: Hypothesis = {
  verdict: 'split-brain',
  weigh(exhibit) {
    const { given } = exhibit;
    const seen = given.topology.members.flatMap(({ id }) => {
      const member = given.memory.members.get(id);
      const isWritable = member?.inRecovery === false;
      return isWritable && given.nowMs - (member.inRecoveryAtMs ?? 0) <= freshnessMs(given, 'sql')
        ? [{ id, member }]
        : [];
    });
    const writable = seen.filter(({ id, member }) =>
      seen.some((other) => other.id !== id && areAtOnce(member, other.member)),
    );
    if (writable.length < 2) return undefined;
    const names = sayList(writable.map((m) => m.id));
    return {
      verdict: 'split-brain',
      action: 'page',
      rule: 'split-brain/two-out-of-recovery',
      headline: `Two members take writes: ${names}.`,
      explanation:
        'Each is out of recovery. Stop the one that clients should not write to before its data diverges further; Petrov promotes nothing here.',
      ...asFailure(exhibit),
    };
  },
};

/** Each was seen out of recovery by a look that began after the other had been seen so. */
function areAtOnce(one: MemberMemory, other: MemberMemory): boolean {
  return isSeenAfter(one, other) && isSeenAfter(other, one);
}

function isSeenAfter(
  { writableAtMs = -Infinity }: MemberMemory,
  { writableSinceMs = Infinity }: MemberMemory,
): boolean {
  return writableAtMs >= writableSinceMs;
}
