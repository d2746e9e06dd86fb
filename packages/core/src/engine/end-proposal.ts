// How a question ends without a run: taken back, run out, or given way to a failover.
import { advance, type Proposal } from '../proposal/index.ts';
import { auditEngine } from './entries.ts';
import type { Effect } from './io.ts';
import type { Judged } from './judge.ts';
import { pageProposal } from './pages.ts';
import type { ClusterState } from './state.ts';

const hows = {
  withdraw: { code: 'P2006', says: 'withdrawn', page: 'withdrawn' },
  expire: { code: 'P2007', says: 'expired', page: 'expired' },
  supersede: { code: 'P2011', says: 'superseded', page: 'withdrawn' },
} as const;

export function endProposal(
  cluster: ClusterState,
  proposal: Proposal,
  how: { event: keyof typeof hows; nowMs: number; because: string },
): Judged {
  const advanced = advance(proposal, { event: how.event, atMs: how.nowMs, because: how.because });
  if (!advanced.ok) return { cluster, effects: [] };
  const { code, says, page } = hows[how.event];
  const effects: Effect[] = [
    { type: 'store', what: 'proposal', proposal: advanced.proposal },
    auditEngine(code, `${proposal.id} ${says}: ${how.because}`, {
      atMs: how.nowMs,
      cluster: proposal.cluster,
      proposal: proposal.id,
      payload: { revision: proposal.revision.number },
    }),
    'run' in proposal
      ? pageProposal(advanced.proposal, 'finished', `${proposal.cluster}: its run is over. ${how.because}`)
      : pageProposal(advanced.proposal, page, `${proposal.cluster}: the question is off. ${how.because}`),
  ];
  return { cluster: { ...cluster, proposal: advanced.proposal }, effects };
}
