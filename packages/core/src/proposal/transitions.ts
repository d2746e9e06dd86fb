// The life of a proposal, one row a transition. Buttons, refusals and the diagram in docs/state-machines.md come from here.
import type { ProposalState } from './proposal.ts';

export const stateSays = {
  open: 'A person is asked.',
  approved: 'A person agreed; the run has not started.',
  executing: 'The plan runs; nothing is promoted yet.',
  promoted: 'The candidate is promoted; the rest of the plan runs.',
  stuck: 'The run needs a person.',
  succeeded: 'The service is back, the plan is done.',
  abandoned: 'A person gave the run up before anything was promoted.',
  failed: 'The run stopped before it changed anything.',
  rejected: 'A person said no.',
  expired: 'Nobody answered in time; nothing was done.',
  withdrawn: 'The case is gone; nothing was done.',
  superseded: 'Another proposal, or a promotion by hand, took its place.',
} as const satisfies Record<ProposalState, string>;

export const transitions = [
  { from: 'open', event: 'revise', to: 'open', says: 'evidence or plan changed materially' },
  { from: 'open', event: 'hold', to: 'open', says: 'a person waits and measures again' },
  { from: 'open', event: 'agree', to: 'open', says: 'the first of two people approved; another one is needed' },
  { from: 'open', event: 'lapse', to: 'open', says: 'the first of two approvals counts no more' },
  { from: 'open', event: 'approve', to: 'approved', says: 'an approver agreed to this revision, or the second of two' },
  { from: 'open', event: 'reject', to: 'rejected', says: 'an operator said: false alarm' },
  { from: 'open', event: 'expire', to: 'expired', says: 'nobody answered in time' },
  { from: 'open', event: 'withdraw', to: 'withdrawn', says: 'the evidence reversed' },
  { from: 'open', event: 'supersede', to: 'superseded', says: 'another proposal took its place' },
  { from: 'approved', event: 'start', to: 'executing', says: 'the run has begun' },
  { from: 'approved', event: 'reject', to: 'rejected', says: 'stopped before the run began' },
  { from: 'approved', event: 'expire', to: 'expired', says: 'the approval was not used in time' },
  { from: 'approved', event: 'withdraw', to: 'withdrawn', says: 'the evidence reversed before the run began' },
  { from: 'approved', event: 'supersede', to: 'superseded', says: 'a failover took its place' },
  { from: 'executing', event: 'promote', to: 'promoted', says: 'the candidate is out of recovery' },
  { from: 'executing', event: 'get-stuck', to: 'stuck', says: 'a step was refused or stays unclear' },
  { from: 'executing', event: 'fail', to: 'failed', says: 'the first look refused; nothing was touched' },
  { from: 'executing', event: 'succeed', to: 'succeeded', says: 'a rejoin is done; it promotes nobody' },
  { from: 'executing', event: 'abandon', to: 'abandoned', says: 'a person gives up a rejoin that runs' },
  { from: 'executing', event: 'supersede', to: 'superseded', says: 'a failover took the place of a rejoin' },
  { from: 'promoted', event: 'get-stuck', to: 'stuck', says: 'promoted, but not verified' },
  { from: 'promoted', event: 'succeed', to: 'succeeded', says: 'verified, and no follow-up is left to try' },
  { from: 'promoted', event: 'supersede', to: 'superseded', says: 'who was promoted failed, or another took over' },
  { from: 'stuck', event: 'resume', to: 'executing', says: 'a person lets it go on' },
  { from: 'stuck', event: 'abandon', to: 'abandoned', says: 'a person gives it up; nothing was promoted' },
  { from: 'stuck', event: 'refence', to: 'abandoned', says: 'a person asks for another way to fence' },
  { from: 'stuck', event: 'supersede', to: 'superseded', says: 'a failover took its place, or a promotion by hand' },
] as const satisfies readonly { from: ProposalState; event: string; to: ProposalState; says: string }[];

export type ProposalEvent = (typeof transitions)[number]['event'];

export function findTransition(from: ProposalState, event: ProposalEvent): (typeof transitions)[number] | undefined {
  return transitions.find((row) => row.from === from && row.event === event);
}

export const endedStates: ReadonlySet<ProposalState> = new Set([
  'succeeded',
  'abandoned',
  'failed',
  'rejected',
  'expired',
  'withdrawn',
  'superseded',
]);

export function isEnded(state: ProposalState): boolean {
  return endedStates.has(state);
}
