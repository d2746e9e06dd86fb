// What keeps a member from being a primary: its fence, and what the last command made of it. A promotion lifts both before it
// begins; what it lifted stays on disk until its end is known, so that whoever drops the promotion can put it back.
import type { AgentState } from './agent-state.ts';

export function isHeld(state: AgentState): boolean {
  return state.fence() !== undefined || state.standing() !== undefined;
}

export function liftHolds(state: AgentState, epoch: number): void {
  const before = state.lifted();
  const earlier = before?.epoch === epoch ? before : undefined; // a second try finds nothing left to lift
  const [fence, standing] = [state.fence() ?? earlier?.fence, state.standing() ?? earlier?.standing];
  state.keepLifted({
    epoch,
    ...(fence === undefined ? {} : { fence }),
    ...(standing === undefined ? {} : { standing }),
  });
  dropHolds(state);
}

/** It's the primary by approval: nothing holds it any more. */
export function endHolds(state: AgentState): void {
  if (isHeld(state)) dropHolds(state);
  if (state.lifted() !== undefined) state.dropLifted();
}

/** Nothing but what this very epoch's promotion lifted: of an older one that came about nothing holds. */
export function putBackHolds(state: AgentState, epoch: number): void {
  const lifted = state.lifted();
  if (lifted?.epoch !== epoch) return;
  if (lifted.fence !== undefined) state.keepFence(lifted.fence);
  if (lifted.standing !== undefined) state.keepStanding(lifted.standing);
  state.dropLifted();
}

function dropHolds(state: AgentState): void {
  state.dropFence();
  state.dropStanding();
}
