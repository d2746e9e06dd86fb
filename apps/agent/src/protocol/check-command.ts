// Whether a command may be acted upon, checked in one order: signature, its own member and system, the nonce of this poll,
// the epoch, an id that's new, a verb that this host allows, an approval. Pure: what the agent remembers is given.
import type { AgentConfig } from '@petrov/core/wire';
import { AgentCommand, type AgentResult, type SignedCommand } from '@petrov/core/wire';
import { z } from 'zod';
import type { Memory } from '../state/agent-state.ts';

export type Known = {
  readonly config: Pick<AgentConfig, 'cluster' | 'member' | 'allow'>;
  readonly isSigned: (body: string, signature: string) => boolean;
  readonly systemIdentifier: string | undefined;
  readonly nonce: string;
  readonly highestEpoch: number;
  readonly recall: (id: string) => Memory;
};
export type Checked =
  | { readonly is: 'new'; readonly command: AgentCommand }
  | { readonly is: 'stored'; readonly result: AgentResult }
  /** Begun by an agent that ended in the midst of it: nobody knows what became of it. */
  | { readonly is: 'unfinished'; readonly command: AgentCommand }
  | { readonly is: 'refused'; readonly id: string; readonly says: string };

export function checkCommand(signed: SignedCommand, known: Known): Checked {
  const parsed = AgentCommand.safeParse(parseJson(signed.body));
  const id = parsed.success ? parsed.data.id : findId(signed.body);
  const refuse = (says: string): Checked => ({ is: 'refused', id, says });
  if (!known.isSigned(signed.body, signed.signature)) return refuse("The signature isn't the engine's.");
  if (!parsed.success) return refuse(`The command can't be read: ${z.prettifyError(parsed.error)}`);
  const command = parsed.data;
  const wrong = findWrong(command, known);
  if (wrong !== undefined) return refuse(wrong);
  const memory = known.recall(command.id);
  if (memory.is === 'ended') return { is: 'stored', result: memory.result };
  if (memory.is === 'begun') return { is: 'unfinished', command };
  if (command.verb === 'look') return { is: 'new', command };
  if (!known.config.allow.includes(command.verb)) return refuse(`This host doesn't allow "${command.verb}".`);
  if (command.approval === undefined) return refuse(`"${command.verb}" needs an approval, and the command names none.`);
  return { is: 'new', command };
}

/** A look changes nothing: an older engine may look, it may not act. */
function findWrong(command: AgentCommand, known: Known): string | undefined {
  const { cluster, member } = known.config;
  if (command.cluster !== cluster || command.member !== member) {
    return `The command is for ${command.cluster}/${command.member}, this is ${cluster}/${member}.`;
  }
  const isAnySystem = command.verb === 'look' && command.systemIdentifier === '';
  if (!isAnySystem && command.systemIdentifier !== known.systemIdentifier) {
    return `The command is for system ${command.systemIdentifier}, this is ${known.systemIdentifier ?? 'unknown'}.`;
  }
  if (command.agentNonce !== known.nonce) return "The command answers another poll: its nonce isn't this one's.";
  if (command.verb !== 'look' && command.epoch < known.highestEpoch) {
    return `The command is of epoch ${command.epoch}; this agent has seen ${known.highestEpoch}.`;
  }
  return undefined;
}

function findId(body: string): string {
  const found = z.object({ id: z.string() }).safeParse(parseJson(body));
  return found.success ? found.data.id : '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
