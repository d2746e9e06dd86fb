// repoint: this standby follows another member. Only host and port of primary_conninfo change (and the slot, if given);
// done when its receiver streams from there.
import type { Answer } from '@petrov/runtime/postgres';
import { escapeLiteral } from 'pg';
import { z } from 'zod';
import { pointAt } from '../postgres/conninfo.ts';
import { type AskLocal, askLocally, readFacts } from '../postgres/local-server.ts';
import { isDone } from '../postgres/stop.ts';
import { ambiguous, done, explain, type Given, leftMs, type Outcome, refused, type Verb } from '../verb.ts';

const WAIT_MAX_MS = 20_000;

const Before = z.object({ in_recovery: z.boolean(), conninfo: z.string(), timeline: z.number().int() });
const Receiver = z.object({
  status: z.string(),
  sender_host: z.string().nullable(),
  sender_port: z.number().nullable(),
  received_tli: z.number().nullable(),
});

export const repoint: Verb<'repoint'> = {
  verb: 'repoint',
  async act(given) {
    const { config } = given.host;
    let hasBegun = false;
    try {
      return await askLocally(config, async (ask) => {
        const before = Before.parse(
          first(
            await ask(
              "SELECT pg_is_in_recovery() AS in_recovery, current_setting('primary_conninfo') AS conninfo, (SELECT timeline_id FROM pg_control_checkpoint()) AS timeline",
            ),
          ),
        );
        if (!before.in_recovery) return refused(`${config.member} is no standby: it is out of recovery.`);
        const conninfo = pointAt(before.conninfo, given.command.args.host, given.command.args.port);
        if (before.conninfo === '' || conninfo === undefined) {
          return refused(`${config.member} has no primary_conninfo of the form "name=value …": set one by hand.`);
        }
        hasBegun = true;
        await change(ask, conninfo, given.command.args.slot);
        return await waitForStream(ask, given, before.timeline);
      });
    } catch (error) {
      if (!hasBegun) return refused(`Postgres on ${config.member} doesn't answer: ${explain(error)}.`);
      return ambiguous(`${config.member} may have been repointed: ${explain(error)}.`);
    }
  },
};

async function change(ask: AskLocal, conninfo: string, slot: string | undefined): Promise<void> {
  await ask(`ALTER SYSTEM SET primary_conninfo = ${escapeLiteral(conninfo)}`);
  if (slot !== undefined) await ask(`ALTER SYSTEM SET primary_slot_name = ${escapeLiteral(slot)}`);
  await ask('SELECT pg_reload_conf()');
}

async function waitForStream(ask: AskLocal, given: Given<'repoint'>, timeline: number): Promise<Outcome> {
  const { host, command } = given;
  const { upstream, host: toHost, port } = command.args;
  const isStreaming = async () => {
    const row = first(await ask('SELECT status, sender_host, sender_port, received_tli FROM pg_stat_wal_receiver'));
    if (row === undefined) return false;
    const receiver = Receiver.parse(row);
    const isThere = receiver.sender_host === toHost && receiver.sender_port === port;
    return isThere && receiver.status === 'streaming' && (receiver.received_tli ?? 0) >= timeline;
  };
  const streams = await isDone(isStreaming, leftMs(given, Math.min(command.ttlMs - 500, WAIT_MAX_MS)), 50);
  const facts = await readFacts(ask, host.config);
  if (!streams)
    return ambiguous(`${host.config.member} was pointed at ${upstream} and doesn't stream from it yet.`, facts);
  return done(`${host.config.member} streams from ${upstream} on timeline ${facts.timeline}.`, { ...facts, upstream });
}

function first(answer: Answer): Record<string, unknown> | undefined {
  return answer.rows[0];
}
