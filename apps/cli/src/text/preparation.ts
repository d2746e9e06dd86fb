// What Petrov needs in a guarded cluster: a database of its own with one small table, and roles that may read statistics.
// Every role has a connection limit, so that watching can't use up a primary's connections.
import type { ControllerConfig, GuardedCluster } from '@petrov/core/wire';

const WITNESS_CONNECTIONS = 3;
const AGENT_CONNECTIONS = 8;
const CONTROLLER_CONNECTIONS = 4;
const AGENT_ROLE = 'petrov_agent';

type RoleLine = { readonly name: string; readonly connections: number; readonly says: string };

/** A script for psql, safe to run twice. */
export function preparationSql(config: ControllerConfig, cluster: GuardedCluster): string {
  const witnesses = config.witnesses.map(({ id, zone }) => ({
    name: `petrov_w_${id.replace(/^w[-_]/, '').replace(/[^a-z0-9_]/gi, '_')}`,
    connections: WITNESS_CONNECTIONS,
    says: `witness ${id} in zone ${zone}`,
  }));
  const controllers = [...new Set(cluster.members.map(({ endpoint }) => endpoint.user))].map((name) => ({
    name,
    connections: CONTROLLER_CONNECTIONS,
    says: 'the controller’s own looks',
  }));
  const hasAgents = cluster.members.some(({ agent }) => agent !== undefined);
  const agents = hasAgents
    ? [{ name: AGENT_ROLE, connections: AGENT_CONNECTIONS, says: 'agents, when they look at other members' }]
    : [];
  const roles: RoleLine[] = [...witnesses, ...controllers, ...agents];
  const database = cluster.members[0]?.endpoint.database ?? 'petrov';
  const names = (of: readonly RoleLine[]) => of.map(({ name }) => identifier(name)).join(', ');
  const primary = cluster.members.find(({ role }) => role === 'primary');
  return [
    `-- What Petrov needs in cluster ${cluster.id}. Run it once, at the primary, as a superuser; standbys receive it:`,
    `--   petrov prepare ${cluster.id} --config FILE | psql -h ${primary?.endpoint.host ?? 'PRIMARY'} -U postgres -d postgres`,
    '-- Running it again changes nothing. Then give each role a password with \\password ROLE, and put it where the',
    '-- configuration of that witness, agent or controller says.',
    '\\set ON_ERROR_STOP on',
    ...roles.flatMap(roleSql),
    `GRANT pg_monitor TO ${names(roles)};`,
    `SELECT 'CREATE DATABASE ${identifier(database)}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = ${literal(database)}) \\gexec`,
    `\\connect ${identifier(database)}`,
    '-- The heartbeat: one row for each witness, written once a second, so that WAL always flows. Nothing else is written.',
    'CREATE TABLE IF NOT EXISTS heartbeat (witness text PRIMARY KEY, beat bigint NOT NULL,',
    '  at timestamptz NOT NULL DEFAULT clock_timestamp());',
    ...(witnesses.length > 0 ? [`GRANT SELECT, INSERT, UPDATE ON heartbeat TO ${names(witnesses)};`] : []),
    `GRANT SELECT ON heartbeat TO ${names([...controllers, ...agents])};`,
    `REVOKE CONNECT ON DATABASE ${identifier(database)} FROM PUBLIC;`,
    `GRANT CONNECT ON DATABASE ${identifier(database)} TO ${names(roles)};`,
  ].join('\n');
}

function roleSql({ name, connections, says }: RoleLine): string[] {
  const create = `CREATE ROLE ${identifier(name)} LOGIN CONNECTION LIMIT ${connections}`;
  return [`-- ${says}`, `SELECT ${literal(create)} WHERE to_regrole(${literal(identifier(name))}) IS NULL \\gexec`];
}

function identifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
