// Places at which a controller can be made to die, and a change that it dies in on a set that is used again.
import { ProposalView, RunView } from '@petrov/core/wire';
import { answer, type Rig, waitUntil, watchCrash } from '@petrov/drill';
import { expect } from 'vitest';
import { z } from 'zod';
import { SCRIPT } from '../integration/act-harness.ts';

/** Before the write of a step's start, after it, during its act, after it and before its end is written. */
export function placesIn(steps: readonly string[]): readonly string[] {
  return steps.flatMap((step) => [
    `before-journal:${step}:started`,
    `after-journal:${step}:started`,
    `during-act:${step}`,
    `after-act:${step}`,
  ]);
}

/** What a person may read of a run that the death left stuck: who or what it waits for. */
const LEFT = /The controller was restarted while this ran|in time\b|orders-\d/;
const ENDS: readonly string[] = ['succeeded', 'stuck', 'failed', 'abandoned', 'expired', 'withdrawn'];

/** Asks, approves, dies there, comes back; a run that is stuck then is let go on, once. Answers the run, which succeeded. */
export async function dieAt(rig: Rig, place: string, ask: () => Promise<string>): Promise<RunView> {
  await rig.restartController({ PETROV_CRASH_AT: place });
  const crash = watchCrash(rig, place);
  const id = await ask();
  await answer(rig, { scenario: SCRIPT, proposal: id, kind: 'approve' });
  let ended = await awaitEnd(rig, id);
  if (ended.state === 'stuck') {
    expect(ended.because).toMatch(LEFT);
    await answer(rig, { scenario: SCRIPT, proposal: id, kind: 'resume', nth: 'died' });
    ended = await awaitEnd(rig, id, ended.because);
  }
  await crash.settled();
  expect(crash.outcome()).toEqual({ at: place, happened: true });
  expect(ended).toMatchObject({ state: 'succeeded' });
  const runs = (await rig.client().get('/runs', z.array(RunView))).filter(({ proposal }) => proposal === id);
  expect(runs).toHaveLength(1);
  return runs[0] as RunView;
}

/** While the controller is away it's asked again. */
async function awaitEnd(
  rig: Rig,
  id: string,
  past?: string,
): Promise<{ readonly state: string; readonly because: string }> {
  const isOver = async () => {
    const { proposal } = await rig.client().get(`/proposals/${id}`, ProposalView);
    const because = 'because' in proposal ? proposal.because : '';
    return ENDS.includes(proposal.state) && because !== past && { state: proposal.state, because };
  };
  return await waitUntil(isOver, { what: `the end of ${id}`, timeoutMs: 180_000, everyMs: 100 });
}
