// How a step may end, and what is read or proven then. What members are read is what is true of them.
import type { StepResult } from '@petrov/core/engine';
import { formatLsn } from '@petrov/core/cluster';
import type { MemberFacts } from '@petrov/core/wire';
import { LSN, type Model, type Perform, SYSTEM } from './model.ts';
import type { Truth } from './truth.ts';

export type Ending = 'done' | 'found-promoted' | 'other-leads' | 'unclean' | 'refused' | 'ambiguous';

/** Of a server that was killed in the midst of its clean stop: it wrote more than anybody has. */
const FURTHER = formatLsn(0x3000200n);

/** How it can end as things are: a promotion that was sent may be found, one that happened is, and no fence is lifted beside another primary. */
export function endingsOf({ truth }: Model, { step, run }: Perform): readonly Ending[] {
  const always = ['refused', 'ambiguous'] as const;
  switch (step.verb) {
    case 'look':
      return ['done', ...(run.plan.kind === 'failover' ? [] : ['other-leads' as const]), ...always];
    case 'settle':
      return [
        ...(truth.promotion === 'done' ? [] : ['done' as const]),
        ...(truth.promotion !== 'no' ? ['found-promoted' as const] : []),
        ...always,
      ];
    case 'fence':
      return ['done', ...(run.plan.kind === 'switchover' ? ['unclean' as const] : []), ...always];
    case 'drop-promotion':
      return truth.promotion === 'done' ? always : ['done', ...always];
    case 'unfence':
      return truth.leader === run.plan.primary ? ['done', ...always] : always;
    default:
      return ['done', ...always];
  }
}

export function toResult(truth: Truth, perform: Perform, ending: Ending): StepResult {
  const { run, step, attempt } = perform;
  const isDone = ending !== 'refused' && ending !== 'ambiguous';
  const facts = isDone ? factsOf(truth, perform, ending) : {};
  return { run: run.id, step: step.id, attempt, state: isDone ? 'done' : ending, says: ending, facts };
}

function factsOf(truth: Truth, { step, run }: Perform, ending: Ending): Record<string, MemberFacts> {
  const { plan } = run;
  const promoted: MemberFacts = { inRecovery: false, timeline: plan.timeline + 1, systemIdentifier: SYSTEM };
  switch (step.verb) {
    case 'look':
    case 'settle': {
      const read = readMembers(truth, plan.kind === 'failover' ? plan.primary : undefined);
      // The only one that knows yet that it's no primary any more is the primary.
      if (ending === 'other-leads') return { ...read, [plan.primary]: { ...read[plan.primary], inRecovery: true } };
      return ending === 'found-promoted' ? { ...read, [plan.candidate]: promoted } : read;
    }
    case 'promote':
      return { [plan.candidate]: promoted };
    case 'fence': {
      const stop =
        plan.kind !== 'switchover'
          ? {}
          : ending === 'unclean'
            ? { controlState: 'in production', lsn: FURTHER }
            : { controlState: 'shut down', lsn: LSN };
      return { [step.member]: { processesLeft: 0, fenced: true, standbySignal: true, ...stop } };
    }
    default:
      return {};
  }
}

/** A failover doesn't read the primary: the witnesses do. One that may be stopped is not read, of one that is down its agent tells. */
function readMembers({ servers, leader, timeline, mayBeFenced }: Truth, except?: string): Record<string, MemberFacts> {
  const of = { timeline, systemIdentifier: SYSTEM };
  const read = Object.entries(servers).flatMap(([id, does]): (readonly [string, MemberFacts])[] => {
    if (id === except) return [];
    if (does === 'down') return [[id, { postgres: 'absent' }]];
    if (does === 'leads')
      return id !== leader || id === mayBeFenced ? [] : [[id, { ...of, inRecovery: false, lsn: LSN }]];
    return [[id, { ...of, inRecovery: true, receivedLsn: LSN, receiverStatus: 'streaming' }]];
  });
  return Object.fromEntries(read);
}
