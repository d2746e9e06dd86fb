// slots: the physical slots that this member must have as an upstream. Those that are there stay as they are.
import { escapeLiteral } from 'pg';
import { z } from 'zod';
import { askLocally } from '../postgres/local-server.ts';
import { ambiguous, done, explain, refused, type Verb } from '../verb.ts';

const Slot = z.object({ slot_name: z.string(), slot_type: z.string() });

export const slots: Verb<'slots'> = {
  verb: 'slots',
  async act({ host: { config }, command }) {
    let made = 0;
    try {
      return await askLocally(config, async (ask) => {
        const there = z.array(Slot).parse((await ask('SELECT slot_name, slot_type FROM pg_replication_slots')).rows);
        const wrong = there.find(
          (slot) => command.args.names.includes(slot.slot_name) && slot.slot_type !== 'physical',
        );
        if (wrong) return refused(`The slot ${wrong.slot_name} on ${config.member} is there and isn't physical.`);
        const missing = command.args.names.filter((name) => !there.some((slot) => slot.slot_name === name));
        for (const name of missing) {
          await ask(`SELECT pg_create_physical_replication_slot(${escapeLiteral(name)}, true)`);
          made += 1;
        }
        return done(`${config.member} has the slots; ${made} of ${command.args.names.length} were made.`);
      });
    } catch (error) {
      if (made === 0) return refused(`No slot was made on ${config.member}: ${explain(error)}.`);
      return ambiguous(`Some slots were made on ${config.member}: ${explain(error)}.`);
    }
  },
};
