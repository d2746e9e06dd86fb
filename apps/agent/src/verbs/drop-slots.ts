// drop-slots: the slots that this member needs no more, which would keep its WAL for ever. Only physical ones that nobody
// uses, and that `slots` made on this host or that are named for another member, whoever made them. All of them are checked before the first one goes.
import { slotName } from '@petrov/core/cluster';
import { escapeLiteral } from 'pg';
import { askLocally } from '../postgres/local-server.ts';
import { ambiguous, done, explain, type Host, refused, type Verb } from '../verb.ts';
import { listSlots } from './slots.ts';

const OUR_PREFIX = 'petrov_';
type There = Awaited<ReturnType<typeof listSlots>>[number];

export const dropSlots: Verb<'drop-slots'> = {
  verb: 'drop-slots',
  async act({ host, command }) {
    const { config, state } = host;
    let dropped = 0;
    try {
      return await askLocally(config, async (ask) => {
        const there = (await listSlots(ask)).filter(({ slot_name: name }) => command.args.names.includes(name));
        const wrong = there.map((slot) => whyStays(host, slot)).find((why) => why !== undefined);
        if (wrong !== undefined) return refused(`No slot of ${config.member} was dropped: ${wrong}.`);
        for (const { slot_name: name } of there) {
          await ask(`SELECT pg_drop_replication_slot(${escapeLiteral(name)})`);
          dropped += 1;
        }
        state.keepSlotsMade(state.slotsMade().filter((name) => !command.args.names.includes(name)));
        return done(`${config.member} hasn't these slots; ${dropped} of ${command.args.names.length} were dropped.`);
      });
    } catch (error) {
      if (dropped === 0) return refused(`No slot of ${config.member} was dropped: ${explain(error)}.`);
      return ambiguous(`Some slots of ${config.member} were dropped: ${explain(error)}.`);
    }
  },
};

function whyStays({ config, state }: Host, { slot_name: name, slot_type: type, active }: There): string | undefined {
  if (type !== 'physical') return `${name} isn't physical`;
  if (active) return `${name} is in use`;
  const isOurs = name.startsWith(OUR_PREFIX) || state.slotsMade().includes(name);
  return isOurs || config.peers.some(({ id }) => slotName(id) === name)
    ? undefined
    : `${name} is neither one that Petrov made nor named for a member`;
}
