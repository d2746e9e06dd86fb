// The SQL of a set: roles and databases, the same in every template, and the passwords of one site.
import { ZONES } from '../site/record.ts';

export const WITNESS_ROLES = ZONES.map((zone) => witnessRole(zone));
export const ROLES = [...WITNESS_ROLES, 'petrov_agent', 'petrov_controller', 'replicator', 'app'] as const;

export function witnessRole(zone: string): string {
  return `petrov_w_${zone}`;
}

/** Pairs of database and statements, run as superuser while the template is made. */
export const TEMPLATE_SQL: readonly { readonly database: string; readonly statements: readonly string[] }[] = [
  {
    database: 'postgres',
    statements: [
      ...WITNESS_ROLES.map((role) => `CREATE ROLE ${role} LOGIN CONNECTION LIMIT 3`),
      'CREATE ROLE petrov_agent LOGIN CONNECTION LIMIT 8',
      'CREATE ROLE petrov_controller LOGIN CONNECTION LIMIT 4',
      `GRANT pg_monitor TO ${[...WITNESS_ROLES, 'petrov_agent', 'petrov_controller'].join(', ')}`,
      'CREATE ROLE replicator LOGIN REPLICATION',
      // What pg_rewind reads at its source; the checkpoint up to 15 waits for otherwise.
      `GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),
         pg_read_binary_file(text), pg_read_binary_file(text, bigint, bigint, boolean) TO replicator`,
      `DO $$ BEGIN IF current_setting('server_version_num')::int >= 150000 THEN
         GRANT pg_checkpoint TO replicator; END IF; END $$`,
      'CREATE ROLE app LOGIN',
      'CREATE DATABASE petrov',
      'CREATE DATABASE app OWNER app',
    ],
  },
  {
    database: 'petrov',
    statements: [
      `CREATE TABLE heartbeat (witness text PRIMARY KEY, beat bigint NOT NULL,
         at timestamptz NOT NULL DEFAULT clock_timestamp())`,
      `GRANT SELECT, INSERT, UPDATE ON heartbeat TO ${WITNESS_ROLES.join(', ')}`,
      'GRANT SELECT ON heartbeat TO petrov_controller, petrov_agent',
    ],
  },
  {
    database: 'app',
    statements: [
      'SET ROLE app',
      `CREATE TABLE writes (id bigint PRIMARY KEY, writer text NOT NULL,
         at timestamptz NOT NULL DEFAULT clock_timestamp())`,
    ],
  },
];
