// The operator's part by a script: it reads the proposal that the page names and answers it, as a person would, over the
// controller's own checks. A newer revision is read and answered anew; the same key makes a repeated answer one decision.
// What takes two people is approved by two, each for themselves.
import { overridesShown } from '@petrov/core/approval';
import { DecisionReply, ProposalView } from '@petrov/core/wire';
import { monotonicMs } from '@petrov/sandbox';
import { z } from 'zod';
import { DrillError } from '../errors.ts';
import { ApiRefused } from '../rig/api-client.ts';
import type { InboxMessage } from '../rig/inbox.ts';
import type { Rig } from '../rig/rig.ts';
import type { StuckAnswer } from '../scenario/index.ts';
import { waitUntil } from '../wait.ts';

export const OPERATORS = ['approve', 'reject', 'none', 'human'] as const;
export type OperatorPart = (typeof OPERATORS)[number];

export type Answered = {
  readonly kind: string;
  /** When the answer that counted was sent. */
  readonly atMs: number;
  readonly monotonicMs: number;
  readonly says: string;
};

/** A controller that stands still takes it when it goes on. */
const ANSWER_WITHIN_MS = 150_000;
const HUMAN_WITHIN_MS = 900_000;
const Paged = z.object({ data: z.object({ proposal: z.string() }) });
/** Refusals that a second look can change. */
const lookAgain = new Set([
  'stale-revision',
  'digest-mismatch',
  'controller-doubts-itself',
  'evidence-not-fresh',
  'evidence-changed',
]);

/** The proposal that a page asks about. */
export function proposalOf(page: InboxMessage): string {
  return Paged.parse(page.body).data.proposal;
}

export async function answer(
  rig: Rig,
  of: {
    readonly scenario: string;
    readonly proposal: string;
    readonly kind: 'approve' | 'reject' | 'refence' | StuckAnswer;
    /** Which one of this kind it is. */
    readonly nth?: string;
  },
): Promise<Answered> {
  const path = `/proposals/${encodeURIComponent(of.proposal)}`;
  // An answer that got lost is sent again under the same key; one that was refused is another answer.
  let refusals = 0;
  const tryOnce = async (): Promise<Answered | undefined> => {
    const { proposal, approvals } = await rig.client(of.scenario).get(path, ProposalView);
    // Once it's decided, an approval that stands there is this script's own, whose answer got lost.
    const isSecond = proposal.state === 'open' && approvals.by.length > 0;
    const client = rig.client(of.scenario, isSecond ? 'the-second' : undefined);
    const decided = { atMs: Date.now(), monotonicMs: monotonicMs() };
    const request = {
      decision: of.kind === 'leave-fence' ? ('abandon' as const) : of.kind,
      revision: proposal.revision.number,
      digests: proposal.revision.digests,
      reason: `drill ${of.scenario}: ${of.kind} on this page`,
      ...(of.kind === 'leave-fence' ? { leavesFence: true } : {}),
      ...(of.kind === 'approve' ? { overrides: overridesShown(proposal.revision.plan) } : {}),
      idempotencyKey: `drill-${of.kind}-${of.nth ?? 0}-${proposal.revision.number}-${refusals}-${of.proposal}`.slice(
        0,
        100,
      ),
    };
    try {
      const reply = await client.post(`${path}/decisions`, request, DecisionReply);
      if (of.kind === 'approve' && reply.proposal.state === 'open') return undefined; // the second person's turn
      return { kind: of.kind, says: reply.says, ...decided };
    } catch (error) {
      if (!(error instanceof ApiRefused)) throw error;
      if (error.code === 'in-flight') return undefined; // the same answer, sent before, is being recorded
      refusals += 1;
      if (error.status === 503 || lookAgain.has(error.code)) return undefined;
      throw new DrillError('gave-up', `the answer was refused (${error.code}): ${error.message}`, error);
    }
  };
  return await waitUntil(tryOnce, { what: 'the answer to be taken', timeoutMs: ANSWER_WITHIN_MS, everyMs: 20 });
}

/** Waits for a person's own decision in the console or at a terminal. */
export async function awaitHuman(rig: Rig, proposal: string, signal?: AbortSignal): Promise<Answered> {
  const client = rig.client();
  const isDecided = async (): Promise<Answered | undefined> => {
    const view = await client.get(`/proposals/${encodeURIComponent(proposal)}`, ProposalView);
    const made = view.proposal;
    if (made.state === 'open') return undefined;
    const decision = 'approval' in made ? made.approval : made.decisions.at(-1);
    const atMs = decision?.atMs ?? Date.now();
    const ago = Date.now() - atMs;
    return { kind: decision?.kind ?? made.state, atMs, monotonicMs: monotonicMs() - ago, says: decision?.reason ?? '' };
  };
  return await waitUntil(isDecided, { what: "a person's decision", timeoutMs: HUMAN_WITHIN_MS, everyMs: 100, signal });
}
