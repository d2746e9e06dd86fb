// Drop-old-slots: at the member that came back and at its primary, the slots of members that follow somebody else now. What goes
// is decided on what all members say of themselves at this moment; the agent checks each slot once more before it drops it.
import { findOldSlots, saySlot, type SlotSeen } from '@petrov/core/plan';
import { explainFailure } from '@petrov/runtime/postgres';
import { z } from 'zod';
import {
  type Answered,
  commandOf,
  done,
  type DriverDeps,
  fromAgent,
  leaderOf,
  type Perform,
  refused,
} from '../driver.ts';
import { readMember } from '../facts.ts';

const SLOTS = `
  SELECT slot_name AS name, slot_type AS kind, active AS "isActive",
    pg_wal_lsn_diff(here, restart_lsn)::float8 AS "keptBytes"
  FROM pg_replication_slots AS slot, (SELECT CASE WHEN pg_is_in_recovery()
    THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END AS here) AS position
  WHERE NOT temporary AND NOT coalesce((to_jsonb(slot)->>'synced')::bool, false) ORDER BY slot_name`;
const Slot = z.object({
  name: z.string(),
  kind: z.enum(['physical', 'logical']),
  isActive: z.boolean(),
  keptBytes: z
    .number()
    .nullish()
    .transform((bytes) => bytes ?? undefined),
});
type Known = Parameters<typeof findOldSlots>[2];

export async function dropOldSlots(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { run, step } = perform;
  const until = deps.clock.monotonicMs() + step.deadlineMs;
  const leftMs = () => Math.max(1, Math.floor(until - deps.clock.monotonicMs()));
  deps.onActing(step.id);
  const known = await whoFollowsWhom(deps, perform);
  const answers: Answered[] = [];
  for (const member of [step.member, leaderOf(run)])
    answers.push(await dropAt(deps, perform, { member, known, leftMs }));
  const states = answers.map(({ state }) => state);
  const state = states.includes('ambiguous') ? 'ambiguous' : states.includes('refused') ? 'refused' : 'done';
  return { state, says: answers.map(({ says }) => says).join(' '), facts: {} };
}

/** Read now, of the members themselves: what was planned may be hours old. */
async function whoFollowsWhom(deps: DriverDeps, { run }: Perform): Promise<Known> {
  const members = deps.reach.cluster(run.cluster).members.map(({ id }) => id);
  const read = await Promise.all(
    members.map(async (id): Promise<[string, string][]> => {
      const told = await readMember(deps.reach, run.cluster, id);
      if (!told.ok) return [];
      const { inRecovery, receiverStatus, upstream } = told.facts;
      if (inRecovery === false) return [[id, id]];
      return receiverStatus === 'streaming' && upstream !== undefined ? [[id, upstream]] : [];
    }),
  );
  return { members, follows: new Map(read.flat()) };
}

async function dropAt(
  deps: DriverDeps,
  perform: Perform,
  of: { readonly member: string; readonly known: Known; readonly leftMs: () => number },
): Promise<Answered> {
  const { member, known, leftMs } = of;
  const slots = await readSlots(deps, perform.run.cluster, member);
  if (typeof slots === 'string') return refused(`${member} can't be asked for its slots, they stay: ${slots}.`);
  const { drop, unclear, foreign } = findOldSlots(member, slots, known);
  const told = [
    ...unclear.map((says) => `At ${member} stays what may be needed: ${says}.`),
    ...foreign.map((says) => `${member} has a slot that is not Petrov's and that nobody uses: ${says}.`),
  ];
  const command = commandOf(perform, { verb: 'drop-slots', args: { names: [...drop] } }, { member, part: member });
  const answer =
    drop.length === 0
      ? done(`${member} has no slot of a member that follows somebody else.`, {})
      : fromAgent(member, await deps.desk.command(command, leftMs()));
  if (drop.length > 0 && answer.state === 'done')
    told.unshift(
      `No more at ${member}: ${slots
        .filter(({ name }) => drop.includes(name))
        .map(saySlot)
        .join(', ')}.`,
    );
  const state = answer.state === 'done' && unclear.length > 0 ? 'refused' : answer.state;
  return { ...answer, state, says: [answer.says, ...told].join(' ') };
}

async function readSlots(deps: DriverDeps, cluster: string, member: string): Promise<SlotSeen[] | string> {
  try {
    const { rows } = await deps.reach.read(cluster, member, (ask) => ask(SLOTS));
    return z.array(Slot).parse(rows);
  } catch (error) {
    return explainFailure(error).says;
  }
}
