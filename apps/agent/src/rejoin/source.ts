// The member that a rewind or a clone copies from, reached with the login of the agent's own configuration file, by
// Postgres's own programs: no password passes through the agent.
import { setTimeout as pause } from 'node:timers/promises';
import type { Lsn } from '@petrov/core/cluster';
import type { AgentConfig } from '@petrov/core/wire';
import { formatConninfo, type Setting } from '../postgres/conninfo.ts';
import { type Ran, runProgram } from '../postgres/programs.ts';
import type { Upstream } from '../postgres/receiver.ts';
import { historyName, parseFork } from '../postgres/timelines.ts';

const CONNECT_S = '5';
const AGAIN_MS = 300;
/** For one question; a command may have hours, and a source that froze answers none of them. */
const ANSWER_MS = 10_000;
/** The default of checkpoint_timeout is 5 min: what isn't on disk at the source by then won't be soon. */
const CHECKPOINT_MS = 360_000;
/** A source that dies without a word is given up in this time, not in the hours of TCP's own defaults. */
const ALIVE = { keepalives_idle: '10', keepalives_interval: '5', keepalives_count: '3', tcp_user_timeout: '30000' };

export type Source = { readonly conninfo: string; readonly upstream: string };

/** Undefined when the configuration names no login. */
export function findSource(config: AgentConfig, to: Upstream): Source | undefined {
  const settings = sourceSettings(config, to);
  return settings && { conninfo: formatConninfo(settings), upstream: to.upstream };
}

/** Undefined when the configuration names no login. */
export function sourceSettings(
  { replication, member }: AgentConfig,
  to: Pick<Upstream, 'host' | 'port'>,
): readonly Setting[] | undefined {
  if (replication === undefined) return undefined;
  const { user, database, passfile, sslmode } = replication;
  return [
    ['host', to.host],
    ['port', String(to.port)],
    ['user', user],
    ['dbname', database],
    ['connect_timeout', CONNECT_S],
    ...Object.entries(ALIVE),
    ['application_name', `petrov-agent-${member}`],
    ...(passfile === undefined ? [] : ([['passfile', passfile]] as const)),
    ...(sslmode === undefined ? [] : ([['sslmode', sslmode]] as const)),
  ];
}

export function sayNoLogin(member: string): string {
  return `The agent on ${member} has no login for it: set "replication" in its configuration file.`;
}

const TIMELINES = `SELECT pg_is_in_recovery()::int, (SELECT timeline_id FROM pg_control_checkpoint()),
  CASE WHEN pg_is_in_recovery() THEN 0 ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END`;

export type Ready = { readonly ok: true; readonly timeline: number } | { readonly ok: false; readonly why: string };
type Seen = { readonly ok: true; readonly control: number; readonly wal: number } | Extract<Ready, { ok: false }>;
type Asked = { readonly timeline: number; readonly leftMs: () => number };

/**
 * Whether the source is what the plan says, at this moment: the primary, out of recovery on that timeline. Whatever passed
 * since the plan, or since the controller looked, nothing is overwritten with the data of a server that leads no more.
 */
export async function checkSource(config: AgentConfig, source: Source, of: Asked): Promise<Ready> {
  const seen = await seeSource(config, source, of);
  return seen.ok ? { ok: true, timeline: seen.wal } : seen;
}

/**
 * A source that was promoted a moment ago shows the old timeline in its control file until its first checkpoint, and up to
 * 15 pg_rewind then says that nothing is to be done. One is asked for; where the role may not, the next one is waited for.
 */
export async function waitForSource(config: AgentConfig, source: Source, of: Asked): Promise<Ready> {
  const untilMs = performance.now() + CHECKPOINT_MS;
  const leftMs = () => Math.min(of.leftMs(), untilMs - performance.now());
  for (let tries = 1; ; tries += 1) {
    const seen = await seeSource(config, source, { ...of, leftMs });
    if (!seen.ok) return seen;
    const { control, wal } = seen;
    if (control >= wal) return { ok: true, timeline: wal };
    if (tries === 1)
      await ask(config, source, { sql: 'CHECKPOINT', withinMs: leftMs() }); // a refusal is waited out
    else if (leftMs() < AGAIN_MS) {
      const why = `its control file still shows timeline ${control}, not ${wal}: run CHECKPOINT on ${source.upstream}, or wait for its next one`;
      return { ok: false, why };
    } else await pause(AGAIN_MS);
  }
}

async function seeSource(config: AgentConfig, source: Source, { timeline, leftMs }: Asked): Promise<Seen> {
  const told = await ask(config, source, { sql: TIMELINES, withinMs: Math.min(leftMs(), ANSWER_MS) });
  if (!told.ok) return { ok: false, why: told.why };
  const [inRecovery, control, wal] = (told.lines[0] ?? '').split('|').map(Number);
  if (control === undefined || wal === undefined)
    return { ok: false, why: `${source.upstream} does not tell what it is` };
  if (inRecovery === 1) return { ok: false, why: `${source.upstream} is in recovery: it is not the primary` };
  return wal === timeline
    ? { ok: true, control, wal }
    : { ok: false, why: `${source.upstream} is on timeline ${wal}, planned was ${timeline}` };
}

/** Where the source's history left `timeline`; undefined when it never did, or doesn't tell. */
export async function findFork(
  config: AgentConfig,
  source: Source,
  of: { readonly source: number; readonly own: number; readonly withinMs: number },
): Promise<Lsn | undefined> {
  const sql = `SELECT convert_from(pg_read_binary_file('pg_wal/${historyName(of.source)}'), 'UTF8')`;
  const { lines } = await ask(config, source, { sql, withinMs: Math.min(of.withinMs, ANSWER_MS) });
  return parseFork(lines, of.own);
}

function ask(config: AgentConfig, { conninfo }: Source, of: { sql: string; withinMs: number }): Promise<Ran> {
  return runProgram(config, ['psql', '-XAtqw', '-d', conninfo, '-c', of.sql], { withinMs: of.withinMs });
}
