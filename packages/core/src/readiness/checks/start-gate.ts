// Does an old primary that comes back by itself stay read-only? Its start gate sees to that, and stands beside an agent only;
// that it really is asked at a start shows on the record when a fenced member's start is known to be read-only.
import { type Check, costs, ok, unknown } from '../check.ts';

export const startGate: Check = {
  id: 'start-gate',
  title: 'Start gate',
  examine: ({ members, proofs }) => {
    const without = members.filter(({ hasAgent }) => !hasAgent).map(({ id }) => id);
    if (without.length > 0)
      return costs(
        `No start gate at ${without.join(', ')}: one that returns after a failover may start writable.`,
        'Put an agent beside it, and its gate before the start of Postgres (ExecStartPre).',
      );
    const proven = proofs.ok ? proofs.value.filter(({ method }) => method === 'agent').map(({ member }) => member) : [];
    const unproven = members.map(({ id }) => id).filter((id) => !proven.includes(id));
    if (unproven.length === 0) return ok('At each member a fence has shown that any start is read-only.');
    return unknown(
      `Nothing on the record shows that starts are gated at ${unproven.join(', ')}.`,
      'See that its unit has ExecStartPre=petrov-agent gate: the agent can’t see that from inside.',
    );
  },
};
