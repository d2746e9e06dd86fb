// Two members are out of recovery, both seen so lately. Never add a third.
import { asFailure, type Hypothesis } from '../weighing.ts';
import { sayList } from '../words.ts';

export const splitBrain: Hypothesis = {
  verdict: 'split-brain',
  weigh(exhibit) {
    const { given } = exhibit;
    const writable = given.topology.members.filter(({ id }) => {
      const member = given.memory.members.get(id);
      return member?.inRecovery === false && given.nowMs - (member.inRecoveryAtMs ?? 0) <= given.policy.freshnessMs;
    });
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
