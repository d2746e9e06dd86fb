// slots: the physical slots that this member must have as an upstream. Those that are there stay as they are. Which ones it
// made is remembered: only those may be dropped by command.
import { escapeLiteral } from 'pg';
import { z } from 'zod';
import { type AskLocal, askLocally } from '../postgres/local-server.ts';
import { ambiguous, done, explain, refused, type Verb } from '../verb.ts';

const Slot = z.object({ slot_name: z.string(), slot_type: z.string(), active: z.boolean() });
type Slot = z.infer<typeof Slot>;

export const slots: Verb<'slots'> = {
  verb: 'slots',
  async act({ host: { config, state }, command }) {
    const made: string[] = [];
    try {
      return await askLocally(config, async (ask) => {
        const there = await listSlots(ask);
        const wrong = there.find(
          (slot) => command.args.names.includes(slot.slot_name) && slot.slot_type !== 'physical',
        );
        if (wrong) return refused(`The slot ${wrong.slot_name} on ${config.member} is there and isn't physical.`);
        const missing = command.args.names.filter((name) => !there.some((slot) => slot.slot_name === name));
        if (missing.length > 0) state.keepSlotsMade([...state.slotsMade(), ...missing]);
        for (const name of missing) {
          if (await makeSlot(ask, name)) made.push(name);
        }
        return done(`${config.member} has the slots; ${made.length} of ${command.args.names.length} were made.`, {
          slotsMade: made,
        });
      });
    } catch (error) {
      if (made.length === 0) return refused(`No slot was made on ${config.member}: ${explain(error)}.`);
      return ambiguous(`Some slots were made on ${config.member}: ${explain(error)}.`);
    }
  },
};

export async function listSlots(ask: AskLocal): Promise<Slot[]> {
  return z.array(Slot).parse((await ask('SELECT slot_name, slot_type, active FROM pg_replication_slots')).rows);
}

/** False when somebody else was faster. */
async function makeSlot(ask: AskLocal, name: string): Promise<boolean> {
  try {
    await ask(`SELECT pg_create_physical_replication_slot(${escapeLiteral(name)}, true)`);
    return true;
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === '42710';
    if (isThere && (await listSlots(ask)).some((slot) => slot.slot_name === name && slot.slot_type === 'physical'))
      return false;
    throw error;
  }
}
