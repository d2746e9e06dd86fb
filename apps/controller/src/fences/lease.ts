// Fencing by waiting an agent's lease out: done when for the whole lease and its margin, by this controller's monotonic clock and
// from the beginning of this attempt at the earliest, nothing of that agent has reached the controller or any other member. The
// members are read all the while: its contact with one is a session there. A member that can't be read could have been reached,
// however its connection ends here, unless its own agent says that no process of Postgres is left there.
import { setTimeout as pause } from 'node:timers/promises';
import { sayDuration } from '@petrov/core/assessment';
import type { LeaseFence } from '@petrov/core/wire';
import { withConnection } from '@petrov/runtime/postgres';
import { z } from 'zod';
import { ambiguous, type Answered, type DriverDeps, done, type Perform } from '../drivers/driver.ts';
import { createAgentFence } from './agent.ts';
import type { Fence } from './fence.ts';
import { lookByAgent } from './others.ts';

const READ_EVERY_MS = 400;
const READ_WITHIN_MS = { connectMs: 600, queryMs: 600 } as const;
const AGENT_WITHIN_MS = 500;
/** A contact stands at a member for 2 s at least: between two readings no more than this may pass. */
const UNREAD_MAX_MS = 1_800;

type Contact = { readonly is: 'none' } | { readonly is: 'at'; readonly atMs: number } | { readonly is: 'unread' };

export function createLeaseFence(settings: LeaseFence): Fence {
  return { fence: (deps, perform) => waitOut(deps, perform, settings), unfence: createAgentFence().unfence };
}

async function waitOut(deps: DriverDeps, perform: Perform, { afterMs, marginMs }: LeaseFence): Promise<Answered> {
  const { step, run } = perform;
  const { member } = step;
  const nowMs = () => deps.clock.monotonicMs();
  const until = nowMs() + step.deadlineMs;
  const others = deps.reach.cluster(run.cluster).members.filter(({ id }) => id !== member);
  const readAtMs = new Map(others.map(({ id }) => [id, nowMs()]));
  let since = { atMs: nowMs(), says: 'the count began' };
  const note = (atMs: number, says: string): void => {
    if (atMs > since.atMs) since = { atMs, says };
  };
  const look = async (id: string): Promise<void> => {
    const askedAtMs = nowMs();
    const contact = await readContact(deps, perform, id);
    if (contact.is === 'at') note(contact.atMs, `its agent was at ${id}`);
    // Reckoned from when the last reading was asked for to when this one was answered: one may have come and gone between.
    if (nowMs() - (readAtMs.get(id) ?? 0) > UNREAD_MAX_MS)
      note(nowMs(), `${id} can't be read, and may have been reached`);
    if (contact.is !== 'unread') readAtMs.set(id, askedAtMs);
  };
  deps.onActing(step.id);
  while (nowMs() < until) {
    await Promise.all(others.map(({ id }) => look(id)));
    note(deps.desk.heardAtMs(member) ?? 0, 'its agent was heard here');
    const quietMs = nowMs() - since.atMs;
    if (quietMs >= afterMs + marginMs) {
      const says = `The lease of ${member} has run out: for ${Math.round(quietMs / 1_000)} s its agent has reached neither the controller nor ${others.map(({ id }) => id).join(', ')}.`;
      return done(says, {
        [member]: {
          proof: `${says} It stops Postgres after ${afterMs / 1_000} s; one that is dead or frozen would not.`,
        },
      });
    }
    await pause(READ_EVERY_MS);
  }
  return ambiguous(
    `Not proven: ${sayDuration(nowMs() - since.atMs)} since ${since.says}; ${sayDuration(afterMs + marginMs)} are needed.`,
  );
}

const Row = z.object({ age_ms: z.number().nullable() });

async function readContact(deps: DriverDeps, perform: Perform, id: string): Promise<Contact> {
  const { run, step } = perform;
  const name = `petrov-lease-${step.member}`.slice(0, 63); // a checked name: no quote in it
  const question = `SELECT (extract(epoch FROM clock_timestamp() - max(query_start)) * 1000)::float8 AS age_ms
    FROM pg_stat_activity WHERE application_name = '${name}'`;
  try {
    return await withConnection(deps.reach.target(run.cluster, id), READ_WITHIN_MS, async (ask) => {
      const { age_ms: ageMs } = Row.parse((await ask(question)).rows[0]);
      return ageMs === null ? { is: 'none' } : { is: 'at', atMs: deps.clock.monotonicMs() - ageMs };
    });
  } catch {
    // A refusal may be a firewall's on this path alone: that no server is there, only its own host can tell.
    const facts = await lookByAgent(deps, perform, id, AGENT_WITHIN_MS);
    return facts?.processesLeft === 0 ? { is: 'none' } : { is: 'unread' };
  }
}
