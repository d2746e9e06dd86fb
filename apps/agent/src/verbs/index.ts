// The closed list of verbs, one file each. A new one: its file, and one line here.
import type { AgentCommand } from '@petrov/core/wire';
import type { Host, Outcome, Verb, VerbName } from '../verb.ts';
import { fence } from './fence.ts';
import { look } from './look.ts';
import { promote } from './promote.ts';
import { repoint } from './repoint.ts';
import { restartCandidate } from './restart-candidate.ts';
import { slots } from './slots.ts';
import { unfence } from './unfence.ts';

export const verbs = {
  look,
  fence,
  unfence,
  promote,
  repoint,
  slots,
  'restart-candidate': restartCandidate,
} as const satisfies {
  [V in VerbName]: Verb<V>;
};

export function actOn(host: Host, command: AgentCommand, sentMs: number): Promise<Outcome> {
  switch (command.verb) {
    case 'look':
      return look.act({ host, command, sentMs });
    case 'fence':
      return fence.act({ host, command, sentMs });
    case 'unfence':
      return unfence.act({ host, command, sentMs });
    case 'promote':
      return promote.act({ host, command, sentMs });
    case 'repoint':
      return repoint.act({ host, command, sentMs });
    case 'slots':
      return slots.act({ host, command, sentMs });
    case 'restart-candidate':
      return restartCandidate.act({ host, command, sentMs });
  }
}
