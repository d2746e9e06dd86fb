// What this member would need of another one day: a replication connection by its own primary_conninfo, to follow it; by the
// agent's own login the same for a copy, and the functions that a rewind reads by. Tried by Postgres's own program as the
// user that owns the data directory, so that passfiles and certificates are found as they would be then.
import type { LoginFacts } from '@petrov/core/observation';
import type { AgentConfig } from '@petrov/core/wire';
import { formatConninfo, parseConninfo, type Setting } from '../postgres/conninfo.ts';
import { type Ran, readSetting, runProgram } from '../postgres/programs.ts';
import { sourceSettings } from '../rejoin/source.ts';

type Peer = AgentConfig['peers'][number];
type Login = NonNullable<LoginFacts['peers'][string]['follow']>;

const CONNECT_S = '3';
const WITHIN_MS = 5_000;
/** What `pg_rewind` calls at its source; manual, "pg_rewind", notes. */
const REWIND_CALLS = [
  'pg_ls_dir(text, boolean, boolean)',
  'pg_stat_file(text, boolean)',
  'pg_read_binary_file(text)',
  'pg_read_binary_file(text, bigint, bigint, boolean)',
];
const MISSING = `SELECT call FROM unnest(ARRAY[${REWIND_CALLS.map((call) => `'${call}'`).join(', ')}]) call
  WHERE NOT has_function_privilege(call, 'EXECUTE')`;

/** What isn't set up here isn't tried: it's absent. Always resolves, within its bounds. */
export async function tryLogins(config: AgentConfig, peer: Peer): Promise<LoginFacts['peers'][string]> {
  const follow = await tryFollowing(config, peer);
  const own = sourceSettings(config, peer);
  if (own === undefined) return follow === undefined ? {} : { follow };
  const clone = await tryReplication(config, own);
  const rewind = await tryRewind(config, own);
  return { ...(follow === undefined ? {} : { follow }), clone, rewind };
}

async function tryFollowing(config: AgentConfig, { host, port }: Peer): Promise<Login | undefined> {
  const conninfo = await readSetting(config, 'primary_conninfo');
  if (!conninfo.ok) return { isOk: false, says: conninfo.why.slice(0, 300) };
  if (conninfo.value.trim() === '') return undefined;
  const settings = parseConninfo(conninfo.value);
  if (settings === undefined) return { isOk: false, says: 'its primary_conninfo is no list of keywords and values' };
  return tryReplication(config, [
    ...settings.filter(([name]) => !['host', 'port', 'hostaddr'].includes(name)),
    ['host', host],
    ['port', String(port)],
  ]);
}

async function tryReplication(config: AgentConfig, settings: readonly Setting[]): Promise<Login> {
  return judge(await runPsql(config, [...settings, ['replication', 'true']], 'IDENTIFY_SYSTEM'));
}

async function tryRewind(config: AgentConfig, settings: readonly Setting[]): Promise<Login> {
  const ran = await runPsql(config, settings, MISSING);
  const missing = ran.lines.filter((line) => REWIND_CALLS.includes(line));
  if (!ran.ok || missing.length === 0) return judge(ran);
  return { isOk: false, says: `its role lacks EXECUTE on ${missing.join(', ')}` };
}

/** A password goes by the environment: arguments are read by anybody on the host. */
function runPsql(config: AgentConfig, settings: readonly Setting[], command: string): Promise<Ran> {
  const password = settings.find(([name]) => name === 'password')?.[1];
  const conninfo = formatConninfo([
    ...settings.filter(([name]) => !['password', 'application_name', 'connect_timeout'].includes(name)),
    ['application_name', `petrov-login-${config.member}`],
    ['connect_timeout', CONNECT_S],
  ]);
  return runProgram(config, ['psql', '-XAtqw', '-d', conninfo, '-c', command], {
    withinMs: WITHIN_MS,
    env: password === undefined ? {} : { PGPASSWORD: password },
  });
}

function judge({ ok, why }: Ran): Login {
  if (ok) return { isOk: true };
  const said = /(?:FATAL|ERROR): +(.*)$/.exec(why)?.[1] ?? /failed: (.*)$/.exec(why)?.[1] ?? why;
  return { isOk: false, says: said.slice(0, 300) };
}
