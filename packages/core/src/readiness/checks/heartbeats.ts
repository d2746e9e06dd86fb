// Heartbeats keep WAL flowing on an idle primary: without them silence can't be told from idleness, and a quote of what
// would be lost is vaguer.
import { sayDuration } from '../../assessment/words.ts';
import { type Check, costs, ok, unknown } from '../check.ts';

const LATE_MS = 15_000;
const TO_DO = 'Run "petrov prepare CLUSTER" and see that each witness may write its row.';

export const heartbeats: Check = {
  id: 'heartbeats',
  title: 'Heartbeats',
  examine: ({ heartbeats: told, witnesses }) => {
    if (!told.ok) return unknown(`Heartbeats can’t be read: ${told.says}.`, TO_DO);
    const late = told.value.filter(({ ageMs }) => ageMs > LATE_MS);
    const fresh = told.value.length - late.length;
    if (fresh >= witnesses && fresh > 0) return ok(`${fresh} witnesses write their heartbeats.`);
    const oldest = late.map(({ witness, ageMs }) => `${witness} ${sayDuration(ageMs)} ago`).join(', ');
    return costs(
      `${fresh} of ${witnesses} witnesses write a heartbeat${oldest === '' ? '' : ` (last: ${oldest})`}: on an idle primary WAL may stand still.`,
      TO_DO,
    );
  },
};
