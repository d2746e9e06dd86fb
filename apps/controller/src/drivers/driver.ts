// A driver performs the steps of an approved plan, one verb each. Every act is answered done, refused or ambiguous; what
// can't be told is ambiguous, never failed. A driver never decides what is next.
import type { Effect, StepResult } from '@petrov/core/engine';
import type { StepVerb } from '@petrov/core/plan';
import type { MemberFacts } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import type { FindFence } from '../fences/fence.ts';
import type { AgentDesk, CommandAnswer, CommandDraft } from '../intake/agent-desk.ts';
import type { AskLook } from '../intake/ask-looks.ts';
import type { Reach } from './facts.ts';

export type Perform = Extract<Effect, { type: 'perform' }>;
export type Answered = Pick<StepResult, 'state' | 'says' | 'facts' | 'isUnsent'>;
export type Facts = Readonly<Record<string, MemberFacts>>;

export type DriverDeps = {
  readonly reach: Reach;
  readonly desk: AgentDesk;
  readonly askLook: AskLook;
  readonly findFence: FindFence;
  readonly clock: Clock;
  /** For the crash drill: an act was begun. */
  readonly onActing: (step: string) => void;
};

export type Act = (deps: DriverDeps, perform: Perform) => Promise<Answered>;
export type Driver = Readonly<Record<StepVerb, Act>>;

/** The command of this attempt: its id makes the agent act once, its approval and epoch are the run's. */
export function commandOf(
  { run, step, attempt, epoch }: Perform,
  verb: Pick<CommandDraft, 'verb' | 'args'>,
  at: { readonly member: string; readonly part?: string } = { member: step.member },
): CommandDraft {
  return {
    ...verb,
    id: [run.id, step.id, attempt, at.part].filter((part) => part !== undefined).join('/'),
    cluster: run.cluster,
    member: at.member,
    systemIdentifier: run.plan.systemIdentifier,
    epoch,
    approval: { proposal: run.proposal, revision: run.revision, planDigest: run.planDigest },
  } as CommandDraft; // verb and args come as one pair
}

/** Whom the others follow afterwards: of a rejoin the primary; else the one that is promoted. */
export function leaderOf({ plan }: Perform['run']): string {
  return plan.kind === 'rejoin' ? plan.primary : plan.candidate;
}

export function fromAgent(member: string, answer: CommandAnswer): Answered {
  if (answer.kind !== 'answered') return ambiguous(answer.says);
  const { state, says, facts } = answer.result;
  return { state, says, facts: { [member]: facts } };
}

export function ambiguous(says: string, facts: Facts = {}): Answered {
  return { state: 'ambiguous', says, facts };
}
export function done(says: string, facts: Facts): Answered {
  return { state: 'done', says, facts };
}
export function refused(says: string, facts: Facts = {}): Answered {
  return { state: 'refused', says, facts };
}
