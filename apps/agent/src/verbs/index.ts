// The closed list of verbs, one file each. A new one: its file, and one line here.
import type { AgentCommand } from '@petrov/core/wire';
import type { Host, Outcome, Verb, VerbName } from '../verb.ts';
import { clone } from './clone.ts';
import { dropSlots } from './drop-slots.ts';
import { fence } from './fence.ts';
import { look } from './look.ts';
import { promote } from './promote.ts';
import { repoint } from './repoint.ts';
import { restartCandidate } from './restart-candidate.ts';
import { rewind } from './rewind.ts';
import { settle } from './settle.ts';
import { slots } from './slots.ts';
import { startAsStandby } from './start-as-standby.ts';
import { syncNames } from './sync-names.ts';
import { unfence } from './unfence.ts';

export const verbs = {
  look,
  fence,
  unfence,
  promote,
  repoint,
  settle,
  'start-as-standby': startAsStandby,
  rewind,
  clone,
  slots,
  'drop-slots': dropSlots,
  'sync-names': syncNames,
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
    case 'settle':
      return settle.act({ host, command, sentMs });
    case 'start-as-standby':
      return startAsStandby.act({ host, command, sentMs });
    case 'rewind':
      return rewind.act({ host, command, sentMs });
    case 'clone':
      return clone.act({ host, command, sentMs });
    case 'slots':
      return slots.act({ host, command, sentMs });
    case 'drop-slots':
      return dropSlots.act({ host, command, sentMs });
    case 'sync-names':
      return syncNames.act({ host, command, sentMs });
    case 'restart-candidate':
      return restartCandidate.act({ host, command, sentMs });
  }
}
