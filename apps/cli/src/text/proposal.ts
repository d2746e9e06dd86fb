// A proposal in words, as the decision page has it: for, against and unknown side by side, then the plan and its price.
import { overridesShown } from '@petrov/core/approval';
import type { Evidence } from '@petrov/core/assessment';
import type { Plan } from '@petrov/core/plan';
import type { ProposalView, RunView } from '@petrov/core/wire';
import { formatAge, formatBytes, formatDuration, formatTime } from './format.ts';
import { renderTable } from './table.ts';

export function tellProposal(view: ProposalView): string {
  const { proposal, nowMs } = view;
  const { revision } = proposal;
  const { assessment, plan } = revision;
  return [
    `${askOf(proposal)} Proposal ${proposal.id}, revision ${revision.number}: ${proposal.state}.`,
    `${assessment.headline} ${assessment.explanation}`,
    ...('because' in proposal ? [`It is ${proposal.state}: ${proposal.because}`] : []),
    ...(revision.changes.length > 0 ? [`Changed with this revision: ${revision.changes.join('; ')}.`] : []),
    '',
    tellSide('For', assessment.for, nowMs, 'nothing'),
    tellSide(
      'Against',
      assessment.against,
      nowMs,
      `nothing found; looked in ${assessment.lookedIn.join(', ') || 'nothing yet'}`,
    ),
    tellSide('Unknown', assessment.unknown, nowMs, 'nothing'),
    '',
    `Plan (${revision.words}):`,
    ...plan.steps.map(
      (step, index) =>
        `  ${index + 1}. ${step.says}${step.id === plan.pointOfNoReturn ? '  <- no way back from here' : ''}${step.openBecause === undefined ? '' : `: stays open, ${step.openBecause}`}`,
    ),
    `Loss: ${plan.loss.says}`,
    `${askStillWrites(plan)} ${plan.fence.says}`,
    ...tellConsent(view),
    ...(plan.ranking.length === 0 ? [] : [tellRanking(plan)]),
    '',
    ...view.possible.map(
      ({ kind, isPossible, because }) => `  ${kind}: ${isPossible ? 'possible now' : `not now. ${because ?? ''}`}`,
    ),
    ...proposal.decisions.map(
      (decision) => `  ${formatTime(decision.atMs)}: ${decision.actor.name} chose ${decision.kind}: ${decision.reason}`,
    ),
  ].join('\n');
}

/** How many people it takes and why, how many were heard; what each of them has to name. */
export function tellConsent({ approvals, proposal }: ProposalView): string[] {
  const { people, because, by } = approvals;
  if (people < 2 || proposal.state !== 'open') return [];
  const stands = by.length === 0 ? '' : ` ${by.length} of ${people} have approved: another person is needed.`;
  const { lossBytes, unfenced } = overridesShown(proposal.revision.plan);
  const names = [
    ...(lossBytes === undefined ? [] : [`--accept-loss ${lossBytes} (${formatBytes(lossBytes)})`]),
    ...(unfenced === undefined ? [] : [`--unfenced ${unfenced}`]),
  ];
  return [`Takes two people: ${because.join(', and ')}.${stands} Each names it: ${names.join(' ')}.`];
}

/** What the fence answers, by what would be done. */
export function askStillWrites({ kind, candidate, primary }: Plan): string {
  if (kind === 'switchover') return `Can ${primary} still take writes afterwards?`;
  return `Can ${kind === 'rejoin' ? candidate : primary} still take writes?`;
}

function tellRanking({ ranking }: Plan): string {
  const rows = ranking.map((row) => [row.member, row.zone, row.lsn, row.isChosen ? 'chosen' : '', row.says]);
  return renderTable(['candidate', 'zone', 'LSN', '', 'why'], rows, '  ');
}

/** The question, by what would be done. */
export function askOf({ revision, cluster, environment }: ProposalView['proposal']): string {
  const { kind, candidate, primary } = revision.plan;
  const where = `in ${cluster} (${environment})`;
  if (kind === 'rejoin') return `Bring ${candidate} back as a standby of ${primary} ${where}?`;
  return kind === 'switchover'
    ? `Switch over from ${primary} to ${candidate} ${where}?`
    : `Promote ${candidate} ${where}?`;
}

function tellSide(name: string, items: readonly Evidence[], nowMs: number, empty: string): string {
  if (items.length === 0) return `${name}: ${empty}.`;
  const rows = items.map((item) => [
    item.says,
    item.source,
    `for ${formatDuration(nowMs - item.sinceAtMs)}`,
    item.seenAtMs === undefined ? '' : `seen ${formatAge(item.seenAtMs, nowMs)}`,
  ]);
  return `${name}:\n${renderTable(['claim', 'source', 'since', 'last'], rows, '  ')}`;
}

export function tellRun(run: RunView): string {
  const rows = run.steps.map(({ step, state, startedAtMs, endedAtMs, says }) => [
    step.verb,
    step.member,
    state,
    startedAtMs === undefined ? '' : formatDuration((endedAtMs ?? run.nowMs) - startedAtMs),
    says ?? step.says,
  ]);
  return [
    `Run ${run.id} of proposal ${run.proposal} in ${run.cluster}: ${run.state}. ${run.says}`,
    renderTable(['step', 'at', 'state', 'took', 'says'], rows, '  '),
    ...tellStuck(run),
  ].join('\n');
}

/** What is known, what is safe, and each way on with what it does: in the engine's own words. */
function tellStuck(run: RunView): readonly string[] {
  const { id, stuck } = run;
  if (stuck === undefined) return [];
  const way = (command: string, says: string | undefined) =>
    says === undefined ? [] : [`  petrov ${command} --reason "…"`, `      ${says}`];
  return [
    'Known:',
    ...stuck.known.map((says) => `  ${says}`),
    `Safe: ${stuck.safe}`,
    'Ways on:',
    ...way(`resume ${id}`, stuck.resume),
    ...way(`abandon ${id}`, stuck.giveUp),
    ...way(`abandon ${id} --leave-fence`, stuck.leaveFence),
    ...way(`refence ${id}`, stuck.refence),
  ];
}
