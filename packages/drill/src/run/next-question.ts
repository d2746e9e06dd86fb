// A question that follows another: found in the controller's own list of what is open.
import { ProposalView, StatusView } from '@petrov/core/wire';
import type { Rig } from '../rig/rig.ts';
import type { Question } from '../scenario/index.ts';
import { waitUntil } from '../wait.ts';

export async function awaitQuestion(
  rig: Rig,
  asked: {
    readonly past: string;
    readonly question: Question;
    readonly withinMs: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<ProposalView> {
  const { past, question, withinMs, signal } = asked;
  const { kind, fence } = question;
  const find = async (): Promise<ProposalView | undefined> => {
    const { open } = await rig.client().get('/status', StatusView);
    const next = open.find(({ id, state }) => id !== past && state === 'open');
    if (next === undefined) return undefined;
    const view = await rig.client().get(`/proposals/${encodeURIComponent(next.id)}`, ProposalView);
    const { plan } = view.proposal.revision;
    return plan.kind === kind && (fence === undefined || plan.fence.method === fence) ? view : undefined;
  };
  const what = `the question of a ${kind}${fence === undefined ? '' : ` by ${fence}`}`;
  return await waitUntil(find, { what, timeoutMs: withinMs, everyMs: 100, signal });
}
