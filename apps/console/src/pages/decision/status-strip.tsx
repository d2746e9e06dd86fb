// Down for, paged, evidence: three ages that tick by the controller's clock.
import type { ProposalView } from '@petrov/core/wire';
import { formatSpan } from '../../words/index.ts';

export function StatusStrip({ view, nowMs }: { readonly view: ProposalView; readonly nowMs: number }) {
  const evidenceAgeMs = view.evidenceAgeMs + Math.max(0, nowMs - view.nowMs);
  const { paged } = view;
  return (
    <dl className="status">
      <div>
        <dt>{view.proposal.request === undefined ? 'Down for' : 'Asked'}</dt>
        <dd>
          {formatSpan(nowMs - view.outageSinceMs)}
          {view.proposal.request !== undefined && ' ago'}
        </dd>
      </div>
      <div>
        <dt>{paged === undefined ? 'Page' : paged.deliveredAtMs === undefined ? 'Paging since' : 'Paged'}</dt>
        <dd>
          {paged === undefined ? 'none sent' : `${formatSpan(nowMs - (paged.deliveredAtMs ?? paged.firstAtMs))} ago`}
        </dd>
      </div>
      <div>
        <dt>Evidence</dt>
        <dd>
          {formatSpan(evidenceAgeMs)} old{!view.isFresh && <small className="tone-unknown"> ◇ stale</small>}
        </dd>
      </div>
    </dl>
  );
}
