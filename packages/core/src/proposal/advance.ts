// Moves a proposal along the table, with what the new state must carry. An event that the table doesn't know in this state
// is refused with a sentence; nothing else changes a proposal's state.
import type { DecisionRecord } from '../approval/decision.ts';
import type { Proposal, Revision } from './proposal.ts';
import { findTransition, type ProposalEvent, stateSays } from './transitions.ts';

export type Change =
  | { readonly event: 'revise'; readonly revision: Revision; readonly expiresAtMs: number }
  | { readonly event: 'hold'; readonly decision: DecisionRecord; readonly heldUntilMs: number }
  | { readonly event: 'agree'; readonly decision: DecisionRecord }
  | { readonly event: 'lapse' }
  | { readonly event: 'approve'; readonly decision: DecisionRecord; readonly startBeforeMs: number }
  | { readonly event: 'start'; readonly run: string }
  | { readonly event: 'promote'; readonly atMs: number }
  | { readonly event: 'get-stuck'; readonly atMs: number; readonly because: string }
  | { readonly event: 'resume' }
  | {
      readonly event: Exclude<
        ProposalEvent,
        'revise' | 'hold' | 'agree' | 'lapse' | 'approve' | 'start' | 'promote' | 'get-stuck' | 'resume'
      >;
      readonly atMs: number;
      readonly because: string;
      readonly decision?: DecisionRecord;
    };

export type Advanced =
  | { readonly ok: true; readonly proposal: Proposal }
  | { readonly ok: false; readonly code: 'not-in-this-state'; readonly says: string };

export function advance(proposal: Proposal, change: Change): Advanced {
  const row = findTransition(proposal.state, change.event);
  if (row === undefined)
    return {
      ok: false,
      code: 'not-in-this-state',
      says: `The proposal is ${proposal.state}: ${stateSays[proposal.state]} It cannot ${change.event} now.`,
    };
  return { ok: true, proposal: carry(proposal, change, row.to) };
}

function carry(proposal: Proposal, change: Change, to: Proposal['state']): Proposal {
  switch (change.event) {
    case 'revise': {
      return { ...common(proposal), state: 'open', revision: change.revision, expiresAtMs: change.expiresAtMs };
    }
    case 'hold': {
      const decisions = [...proposal.decisions, change.decision];
      return {
        ...common(proposal),
        state: 'open',
        decisions,
        heldUntilMs: change.heldUntilMs,
        heldBecause: change.decision.reason,
      };
    }
    case 'agree':
      return { ...common(proposal), state: 'open', firstApproval: change.decision };
    case 'lapse': {
      const { firstApproval: _, ...kept } = common(proposal);
      return { ...kept, state: 'open' };
    }
    case 'approve':
      return {
        ...common(proposal),
        state: 'approved',
        decisions: [...toldDecisions(proposal), change.decision],
        approval: change.decision,
        startBeforeMs: change.startBeforeMs,
      };
    case 'start':
      return { ...common(proposal), ...approval(proposal), state: 'executing', run: change.run };
    case 'promote':
      return { ...common(proposal), ...ran(proposal), state: 'promoted', promotedAtMs: change.atMs };
    case 'get-stuck':
      return {
        ...common(proposal),
        ...ran(proposal),
        state: 'stuck',
        stuckSinceMs: change.atMs,
        because: change.because,
      };
    case 'resume':
      return { ...common(proposal), ...ran(proposal), state: 'executing' };
    default: {
      const told = toldDecisions(proposal);
      const decisions = change.decision === undefined ? told : [...told, change.decision];
      const ended = { ...common(proposal), decisions: [...decisions], endedAtMs: change.atMs, because: change.because };
      if (to === 'succeeded' || to === 'abandoned' || to === 'failed') return { ...ended, ...ran(proposal), state: to };
      return { ...ended, state: to as 'rejected' | 'expired' | 'withdrawn' | 'superseded' };
    }
  }
}

/** A first approval is told with the others once the question is answered. */
function toldDecisions({ state, decisions, firstApproval }: Proposal): readonly DecisionRecord[] {
  return state === 'open' && firstApproval !== undefined ? [...decisions, firstApproval] : decisions;
}

function common(proposal: Proposal): Omit<Extract<Proposal, { state: 'open' }>, 'state'> {
  const { id, cluster, environment, episode, openedAtMs, expiresAtMs, revision, decisions } = proposal;
  const { heldUntilMs, heldBecause, request, firstApproval } = proposal;
  const first = firstApproval === undefined ? {} : { firstApproval };
  const asked = request === undefined ? {} : { request };
  const held = heldUntilMs === undefined ? {} : { heldUntilMs, ...(heldBecause === undefined ? {} : { heldBecause }) };
  return {
    id,
    cluster,
    environment,
    episode,
    openedAtMs,
    expiresAtMs,
    revision,
    decisions,
    ...first,
    ...held,
    ...asked,
  };
}

function approval(proposal: Proposal): { approval: DecisionRecord; startBeforeMs: number } {
  if (!('approval' in proposal)) throw new Error(`a ${proposal.state} proposal has no approval`); // the table has no such row
  return { approval: proposal.approval, startBeforeMs: proposal.startBeforeMs };
}

function ran(proposal: Proposal): { approval: DecisionRecord; startBeforeMs: number; run: string } {
  if (!('run' in proposal)) throw new Error(`a ${proposal.state} proposal has no run`); // the table has no such row
  return { ...approval(proposal), run: proposal.run };
}
