// What a verb is: one thing an agent can do on its host, with checked scalars only. It answers done, refused (nothing was
// changed) or ambiguous (it may still happen): a timeout or a lost connection is never a failure.
import type { AgentCommand, AgentConfig, AgentVerb, MemberFacts } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import type { Logger } from '@petrov/runtime/log';
import type { Progress } from './progress.ts';
import type { AgentState } from './state/agent-state.ts';

export type VerbName = AgentVerb['verb'];
export type CommandOf<V extends VerbName> = AgentCommand & Extract<AgentVerb, { verb: V }>;

export type Host = {
  readonly config: AgentConfig;
  readonly state: AgentState;
  readonly clock: Clock;
  readonly log: Logger;
  readonly progress: Progress;
};
export type Given<V extends VerbName> = {
  readonly host: Host;
  readonly command: CommandOf<V>;
  /** When the command left the controller, on this host's monotonic clock. */
  readonly sentMs: number;
};
export type Outcome = {
  readonly state: 'done' | 'refused' | 'ambiguous';
  /** One sentence for a person. */
  readonly says: string;
  readonly facts?: MemberFacts;
};
export type Verb<V extends VerbName> = { readonly verb: V; act(given: Given<V>): Promise<Outcome> };

export function done(says: string, facts?: MemberFacts): Outcome {
  return { state: 'done', says, ...(facts ? { facts } : {}) };
}
export function refused(says: string, facts?: MemberFacts): Outcome {
  return { state: 'refused', says, ...(facts ? { facts } : {}) };
}
export function ambiguous(says: string, facts?: MemberFacts): Outcome {
  return { state: 'ambiguous', says, ...(facts ? { facts } : {}) };
}

/** What is left of a bound that began when the command was sent. */
export function leftMs(given: Pick<Given<'look'>, 'host' | 'sentMs'>, withinMs: number): number {
  const { host, sentMs } = given;
  return Math.max(0, withinMs - (host.clock.monotonicMs() - sentMs));
}

export function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
