// The end of a run, or its getting stuck, with the sentence that the operator reads; and how long the client then needs.
import { setTimeout as pause } from 'node:timers/promises';
import { ProposalView } from '@petrov/core/wire';
import type { Rig } from '../rig/rig.ts';
import type { Ending } from '../scenario/index.ts';
import { waitUntil } from '../wait.ts';

const RUN_WITHIN_MS = 180_000;
const WRITES_WITHIN_MS = 20_000;
export const AFTER_ACK_MS = 1_500;
const ENDS: readonly string[] = ['succeeded', 'stuck', 'failed', 'abandoned', 'superseded', 'expired', 'withdrawn'];

/** How it ended, beside what was expected. */
export type Ended = { readonly state: string; readonly says: string; readonly expected: Ending };
export type Asked = { readonly rig: Rig; readonly proposal: string; readonly signal?: AbortSignal | undefined };

/** A run that is given up stays stuck until it's over, or says why it can't be: `past` is how it stood before. */
async function awaitEnd({ rig, proposal, signal }: Asked, expected: Ending, past?: Ended): Promise<Ended> {
  const path = `/proposals/${encodeURIComponent(proposal)}`;
  const ended = await waitUntil(
    async () => {
      const { proposal: now } = await rig.client().get(path, ProposalView);
      const isPast = now.state === past?.state && reasonOf(now) === past.says;
      return ENDS.includes(now.state) && !isPast && now;
    },
    { what: 'the run to end', timeoutMs: RUN_WITHIN_MS, everyMs: 50, signal },
  );
  return { state: ended.state, says: reasonOf(ended), expected };
}

/** What a person reads of a run that the controller's death left behind: who or what it waits for. */
const LEFT_BY_A_DEATH: Ending = {
  state: 'stuck',
  says: /The controller was restarted while this ran|in time\b|orders-\d/,
};

/** As asked for; a run that the controller's death left stuck is decided once more, and has to end so then. */
export async function awaitEnds(
  asked: Asked,
  expected: Ending,
  more: { readonly past?: Ended | undefined; readonly decideAgain?: (() => Promise<unknown>) | undefined },
): Promise<readonly Ended[]> {
  const first = await awaitEnd(asked, expected, more.past);
  if (more.decideAgain === undefined || first.state !== 'stuck' || expected.state === 'stuck') return [first];
  await more.decideAgain();
  return [{ ...first, expected: LEFT_BY_A_DEATH }, await awaitEnd(asked, expected, first)];
}

function reasonOf(proposal: ProposalView['proposal']): string {
  return 'because' in proposal ? proposal.because : '';
}

/** Long enough for the client to have come back, if it can. */
export async function awaitWrites({ rig, signal }: Omit<Asked, 'proposal'>): Promise<void> {
  const isAcknowledging = async (): Promise<boolean> => ((await rig.view()).writes?.succeeded ?? 0) > 0;
  await waitUntil(isAcknowledging, { what: 'client writes', timeoutMs: WRITES_WITHIN_MS, signal });
  await pause(AFTER_ACK_MS, undefined, signal === undefined ? {} : { signal });
}
