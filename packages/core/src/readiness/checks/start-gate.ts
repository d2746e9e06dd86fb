// Does an old primary that comes back by itself stay read-only? Its start gate sees to that. It stands beside an agent only,
// and that a start of Postgres really asks it is known once one has: the agent tells when that was.
import { sayDuration } from '../../assessment/words.ts';
import { type Check, costs, ok, unknown } from '../check.ts';

export const startGate: Check = {
  id: 'start-gate',
  title: 'Start gate',
  examine: ({ members, nowMs }) => {
    const without = members.filter(({ hasAgent }) => !hasAgent).map(({ id }) => id);
    if (without.length > 0)
      return costs(
        `No start gate at ${without.join(', ')}: one that returns after a failover may start writable.`,
        'Put an agent beside it, and its gate before the start of Postgres (ExecStartPre).',
      );
    const never = members.filter(({ gateAskedAtMs }) => gateAskedAtMs === undefined).map(({ id }) => id);
    if (never.length > 0)
      return unknown(
        `No start is known to have asked the gate at ${never.join(', ')}.`,
        'See that its unit has ExecStartPre=petrov-agent gate; the next start shows it.',
      );
    const oldest = members.toSorted((a, b) => (a.gateAskedAtMs ?? 0) - (b.gateAskedAtMs ?? 0))[0];
    if (oldest === undefined) return unknown('There is no member.');
    return ok(
      `A start has asked the gate at each member, the longest ago at ${oldest.id}: ${sayDuration(nowMs - (oldest.gateAskedAtMs ?? nowMs))} ago.`,
    );
  },
};
