// A cluster in words: the verdict first, then its members, then what is asked of a person.
import type { ClusterView, ProposalView } from '@petrov/core/wire';
import { formatAge, formatBytes, formatDuration } from './format.ts';
import { askOf, askStillWrites, tellConsent } from './proposal.ts';
import { renderTable } from './table.ts';

export function tellCluster(view: ClusterView): string {
  const { assessment } = view;
  const lines = [`${view.id} (${view.environment}): ${assessment.headline}`];
  if (assessment.verdict !== 'healthy') lines.push(`  ${assessment.verdict}. ${assessment.explanation}`);
  lines.push(tellMembers(view));
  if (view.writes !== undefined) {
    const { succeeded, failed, atMs } = view.writes;
    lines.push(
      `  Client writes: ${succeeded} succeeded, ${failed} failed in one second, ${formatAge(atMs, view.nowMs)}.`,
    );
  }
  return lines.join('\n');
}

function tellMembers({ members, nowMs }: ClusterView): string {
  const rows = members.map((member) => [
    member.id,
    member.zone,
    member.role,
    member.timeline,
    member.lsn ?? member.receivedLsn,
    member.behindBytes === undefined ? undefined : formatBytes(member.behindBytes),
    member.upstream,
    member.condition,
    member.seenAtMs === undefined ? 'never' : formatAge(member.seenAtMs, nowMs),
  ]);
  const headings = ['member', 'zone', 'role', 'timeline', 'LSN', 'behind', 'upstream', 'condition', 'seen'];
  return renderTable(headings, rows, '  ');
}

/** What is open, and how it's answered. */
export function tellOpenProposal(view: ProposalView): string {
  const { proposal, nowMs, possible, isFresh, evidenceAgeMs } = view;
  const { id, revision, state, expiresAtMs, openedAtMs } = proposal;
  const { plan } = revision;
  const age = formatDuration(nowMs - openedAtMs);
  if (state !== 'open')
    return `  Proposal ${id} is ${state}: ${askOf(proposal)} See "petrov runs", or "petrov proposals show ${id}".`;
  const approve = possible.find(({ kind }) => kind === 'approve');
  return [
    `  Decide: ${askOf(proposal)} Proposal ${id}, revision ${revision.number}, open for ${age}, expires in ${formatDuration(expiresAtMs - nowMs)}.`,
    `    Loss: ${plan.loss.says}`,
    `    ${askStillWrites(plan)} ${plan.fence.says}`,
    ...tellConsent(view).map((line) => `    ${line}`),
    `    Evidence is ${formatDuration(evidenceAgeMs)} old${isFresh ? '' : ', too old to approve on'}. If nobody answers, ${plan.kind === 'failover' ? 'nothing is promoted' : 'nothing is changed'}.`,
    ...(approve?.isPossible === false ? [`    It can't be approved now: ${approve.because ?? ''}`] : []),
    `    petrov proposals show ${id}`,
    `    petrov hold ${id} --reason "…" --for 5m   petrov reject ${id} --reason "…"   petrov approve ${id} --reason "…"`,
  ].join('\n');
}
