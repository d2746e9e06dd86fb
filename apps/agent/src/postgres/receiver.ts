// A standby's upstream: what it's set to, how it's changed while it runs, whether its receiver streams from there.
import { escapeLiteral } from 'pg';
import { z } from 'zod';
import { pointAt } from './conninfo.ts';
import type { AskLocal } from './local-server.ts';

export type Upstream = { readonly upstream: string; readonly host: string; readonly port: number };

const Settings = z.object({
  inRecovery: z.boolean(),
  conninfo: z.string(),
  timeline: z.number().int(),
});
export type UpstreamSettings = z.infer<typeof Settings>;

const Receiver = z.object({
  status: z.string(),
  sender_host: z.string().nullable(),
  sender_port: z.number().nullable(),
  received_tli: z.number().nullable(),
});

export async function readUpstream(ask: AskLocal): Promise<UpstreamSettings> {
  const { rows } = await ask(
    `SELECT pg_is_in_recovery() AS "inRecovery", current_setting('primary_conninfo') AS conninfo,
      (SELECT timeline_id FROM pg_control_checkpoint()) AS timeline`,
  );
  return Settings.parse(rows[0]);
}

/** Undefined when there's none whose host and port could be changed. */
export function conninfoTo(before: string, { host, port }: Upstream): string | undefined {
  return before.trim() === '' ? undefined : pointAt(before, host, port);
}

export async function changeUpstream(ask: AskLocal, conninfo: string, slot: string | undefined): Promise<void> {
  await ask(`ALTER SYSTEM SET primary_conninfo = ${escapeLiteral(conninfo)}`);
  if (slot !== undefined) await ask(`ALTER SYSTEM SET primary_slot_name = ${escapeLiteral(slot)}`);
  await ask('SELECT pg_reload_conf()');
}

export async function isStreamingFrom(ask: AskLocal, { host, port }: Upstream, timeline: number): Promise<boolean> {
  const { rows } = await ask('SELECT status, sender_host, sender_port, received_tli FROM pg_stat_wal_receiver');
  if (rows[0] === undefined) return false;
  const receiver = Receiver.parse(rows[0]);
  const isThere = receiver.sender_host === host && receiver.sender_port === port;
  return isThere && receiver.status === 'streaming' && (receiver.received_tli ?? 0) >= timeline;
}
