// How a run ends or stops: untouched, stuck, given up, done. Each with a sentence for the operator.
import { foldSteps, hasStarted, mayBePending, type Run } from '../journal/index.ts';
import { auditEngine } from './entries.ts';
import { canLeaveFence, fenceLeftBy, isFenceProven, sayFenceLeft } from './fence-left.ts';
import type { Effect } from './io.ts';
import type { Judged } from './judge.ts';
import { move } from './move.ts';
import { pageProposal } from './pages.ts';
import { sayLeft } from './say-left.ts';
import type { ClusterState } from './state.ts';

/** Needs a person; or, when nothing but looking was done, simply over. */
export function getStuck(cluster: ClusterState, run: Run, { says, nowMs }: { says: string; nowMs: number }): Judged {
  const audit = (code: 'P3006' | 'P3011', text: string) =>
    auditEngine(code, text, { atMs: nowMs, cluster: run.cluster, proposal: run.proposal, payload: { run: run.id } });
  const isUntouched = !run.plan.steps.some((s) => s.verb !== 'look' && hasStarted(run, s.verb));
  if (isUntouched) {
    const failed = move(cluster, { event: 'fail', atMs: nowMs, because: says });
    const text = `${run.id} stopped before it changed anything: ${says}`;
    return {
      cluster: { ...failed.cluster, run: undefined, look: undefined },
      effects: [...failed.effects, audit('P3011', text), ...pageOf(failed.cluster, 'finished', text)],
    };
  }
  if (run.abandoning !== undefined) {
    const because = `It cannot be given up safely: ${says} ${sayPrimary(run)} ${sayWayOut(run)}`.trim();
    const { abandoning: _, ...kept } = run;
    const { proposal } = cluster;
    const again: ClusterState = {
      ...cluster,
      run: kept,
      proposal: proposal?.state === 'stuck' ? { ...proposal, because } : proposal,
    };
    return {
      cluster: again,
      effects: [
        { type: 'store', what: 'run', run: kept },
        ...(again.proposal === undefined
          ? []
          : [{ type: 'store', what: 'proposal', proposal: again.proposal } as const]),
        audit('P3006', because),
        ...pageOf(again, 'stuck', because, run.journal.length),
      ],
    };
  }
  const stuck = move(cluster, { event: 'get-stuck', atMs: nowMs, because: says });
  const text = `${run.id} needs a person: ${says}`;
  return {
    cluster: { ...stuck.cluster, look: undefined },
    effects: [...stuck.effects, audit('P3006', text), ...pageOf(stuck.cluster, 'stuck', text, run.journal.length)],
  };
}

export function finish(cluster: ClusterState, run: Run, nowMs: number): Judged {
  const isAbandoned = run.abandoning !== undefined;
  const because = isAbandoned ? sayGivenUp(run) : `${sayDone(run)}${sayOpen(run)}`;
  const ended = move(cluster, { event: isAbandoned ? 'abandon' : 'succeed', atMs: nowMs, because });
  const code = isAbandoned ? 'P3008' : 'P3010';
  const { record } = cluster;
  const left = run.abandoning?.leavesFence === true ? { ...record, fenceLeft: fenceLeftBy(run, nowMs) } : record;
  return {
    cluster: { ...ended.cluster, run: undefined, look: undefined, record: left },
    effects: [
      ...(left === record ? [] : [{ type: 'store', what: 'cluster', record: left } as const]),
      ...ended.effects,
      auditEngine(code, `${run.id}: ${because}`, {
        atMs: nowMs,
        cluster: run.cluster,
        proposal: run.proposal,
        payload: { run: run.id },
      }),
      ...pageOf(ended.cluster, 'finished', `${run.cluster}: ${because}`),
    ],
  };
}

function sayGivenUp(run: Run): string {
  const { plan, abandoning } = run;
  const begun = `Given up: ${abandoning?.reason}.`;
  if (plan.kind === 'rejoin') return `${begun} ${sayLeft(run)}`;
  if (abandoning?.leavesFence === true)
    return `${begun} Nothing was promoted. ${sayFenceLeft({ ...plan.fence, isProven: isFenceProven(run) })}`;
  if (plan.fence.method === 'unfenced') return `${begun} Nothing was promoted, nothing was fenced.`;
  const isLifted = abandoning?.steps.some((s) => s.verb === 'unfence') === true || !hasStarted(run, 'fence');
  return isLifted
    ? `${begun} Nothing was promoted, the fence is lifted.`
    : `${begun} Another member takes writes, by somebody else’s hand: ${plan.primary} stays fenced. Bring it back by a rejoin.`;
}

function sayDone({ plan }: Run): string {
  return plan.kind === 'rejoin' ? `${plan.candidate} follows ${plan.primary}.` : `${plan.candidate} is the primary.`;
}

/** What of the follow-ups isn't done, each with its reason: nobody is to read it as if it were. */
function sayOpen(run: Run): string {
  const open = foldSteps(run).filter(({ step, state }) => step.isFollowUp && state !== 'done');
  const told = open.map(({ step, says }) => {
    const because = (step.openBecause ?? says ?? 'it was not tried').replace(/\.$/, '');
    return `${step.says} (${because})`;
  });
  return told.length === 0 ? '' : ` Still open, not done: ${told.join('; ')}.`;
}

/** What is left to a person then, and what exactly it takes. */
function sayWayOut(run: Run): string {
  const { primary, candidate, kind } = run.plan;
  if (kind === 'rejoin') return '';
  if (mayBePending(run, 'promote'))
    return `A promotion of ${candidate} may have happened, or may yet. Once its agent answers, resume this or give it up again; or power ${candidate} off for good and promote another standby by hand: Petrov adopts that one.`;
  return run.abandoning?.leavesFence === true || !canLeaveFence(run)
    ? ''
    : `It can be given up with the fence left as it is (--leave-fence): ${primary} is not touched, and the cluster is guarded again.`;
}

/** Only what is proven; a primary that lives behind a cut takes writes whatever was asked of its fence. */
function sayPrimary(run: Run): string {
  const { primary, kind } = run.plan;
  if (kind === 'rejoin') return '';
  return isFenceProven(run)
    ? `${primary} stays fenced: it takes no writes.`
    : `Whether ${primary} takes writes is not known: nothing proves that it is fenced.`;
}

function pageOf(cluster: ClusterState, event: 'stuck' | 'finished', says: string, nth?: number): readonly Effect[] {
  return cluster.proposal === undefined ? [] : [pageProposal(cluster.proposal, event, says, nth)];
}
