// A drill in which the controller dies by SIGKILL at a chosen place and comes back: that it did. All else has to be as it is
// without a death, and is held to the same checks.
import type { Check } from '../run/report.ts';
import type { Gathered } from './facts.ts';

export function checkCrashed({ crash }: Gathered): readonly Check[] {
  if (crash === undefined) return [];
  const says = `${crash.at}: ${crash.happened ? 'died there' : 'it never came there'}`;
  return [{ id: 'crashed-as-asked', ok: crash.happened, says }];
}
