// Drop-old-slots: at the member that came back and at its primary, the slots of members that follow somebody else now. What goes
// is decided on what all members say of themselves at this moment; the agent checks each slot once more before it drops it.
import { setTimeout as pause } from 'node:timers/promises';
import { findOldSlots, type OldSlots, saySlot, type SlotSeen } from '@petrov/core/plan';
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
type Seen = { readonly member: string } & (
  | (OldSlots & { readonly slots: readonly SlotSeen[] })
  | { readonly why: string }
);

/** A receiver that has just been pointed elsewhere may not stream yet: it's waited for, with this left for the agents. */
const AGENTS_MS = 5_000;
const AGAIN_MS = 200;

export async function dropOldSlots(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { step } = perform;
  const until = deps.clock.monotonicMs() + step.deadlineMs;
  const leftMs = () => Math.max(1, Math.floor(until - deps.clock.monotonicMs()));
  deps.onActing(step.id);
  let seen = await lookAt(deps, perform);
  while (leftMs() > AGENTS_MS && seen.some((one) => !('why' in one) && one.unclear.length > 0)) {
    await pause(AGAIN_MS);
    seen = await lookAt(deps, perform);
  }
  const answers: Answered[] = [];
  for (const one of seen) answers.push(await dropAt(deps, perform, { seen: one, leftMs }));
  const states = answers.map(({ state }) => state);
  const state = states.includes('ambiguous') ? 'ambiguous' : states.includes('refused') ? 'refused' : 'done';
  return { state, says: answers.map(({ says }) => says).join(' '), facts: {} };
}

/** Read now, of the members themselves: what was planned may be hours old. */
async function whoFollowsWhom(deps: DriverDeps, cluster: string): Promise<Known> {
  const members = deps.reach.cluster(cluster).members.map(({ id }) => id);
  const read = await Promise.all(
    members.map(async (id): Promise<[string, string][]> => {
      const told = await readMember(deps.reach, cluster, id);
      if (!told.ok) return [];
      const { inRecovery, receiverStatus, upstream } = told.facts;
      if (inRecovery === false) return [[id, id]];
      return receiverStatus === 'streaming' && upstream !== undefined ? [[id, upstream]] : [];
    }),
  );
  return { members, follows: new Map(read.flat()) };
}

async function lookAt(deps: DriverDeps, { run, step }: Perform): Promise<readonly Seen[]> {
  const known = await whoFollowsWhom(deps, run.cluster);
  return Promise.all(
    [step.member, leaderOf(run)].map(async (member): Promise<Seen> => {
      const slots = await readSlots(deps, run.cluster, member);
      return typeof slots === 'string'
        ? { member, why: slots }
        : { member, slots, ...findOldSlots(member, slots, known) };
    }),
  );
}

async function dropAt(
  deps: DriverDeps,
  perform: Perform,
  { seen, leftMs }: { readonly seen: Seen; readonly leftMs: () => number },
): Promise<Answered> {
  const { member } = seen;
  if ('why' in seen) return refused(`${member} can't be asked for its slots, they stay: ${seen.why}.`);
  const { slots, drop, unclear, foreign } = seen;
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
