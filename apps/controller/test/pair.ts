// A primary and its streaming standby for tests of the driver, and an agent beside the standby that does what it's told.
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentCommand, type MemberFacts } from '@petrov/core/wire';
import { createPool } from '@petrov/runtime/postgres';
import { newNonce } from '@petrov/runtime/random';
import type { AgentDesk } from '../src/intake/agent-desk.ts';
import { end, postgresBinaries, postgresUser, silent, startPostgres, until } from './servers.ts';

export async function startPair() {
  const primary = await startPostgres(['wal_level=replica', 'hot_standby=on']);
  const user = postgresUser();
  const bin = postgresBinaries();
  const admin = createPool({
    host: primary.folder,
    port: primary.port,
    user: 'postgres',
    database: 'postgres',
    applicationName: 'test',
    log: silent,
  });
  await admin.query('CREATE ROLE petrov_controller LOGIN; GRANT pg_monitor TO petrov_controller');
  const data = join(primary.folder, 'standby');
  const at = ['-h', primary.folder, '-p', String(primary.port), '-U', 'postgres'];
  execFileSync(join(bin, 'pg_basebackup'), [...at, '-D', data, '-R', '-X', 'stream', '-c', 'fast'], {
    ...user,
    cwd: primary.folder,
    stdio: 'pipe',
  });
  appendFileSync(join(data, 'postgresql.auto.conf'), 'wal_retrieve_retry_interval = 200\n');
  const port = primary.port + 1;
  const options = ['fsync=off', 'listen_addresses=', `unix_socket_directories=${primary.folder}`, `port=${port}`];
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...options.flatMap((one) => ['-c', one])], {
    ...user,
    cwd: primary.folder,
    stdio: 'ignore',
  });
  const standby = createPool({
    host: primary.folder,
    port,
    user: 'postgres',
    database: 'postgres',
    applicationName: 'test',
    log: silent,
  });
  await until(
    async () => (await standby.query('SELECT 1 FROM pg_stat_wal_receiver')).rowCount === 1,
    'the standby to stream',
  );
  return {
    folder: primary.folder,
    ports: { primary: primary.port, standby: port },
    admin,
    standby,
    /** A store on the primary, for a test that asks the servers and needs one besides. */
    createDatabase: primary.createDatabase,
    stop: async () => {
      await Promise.all([admin.end(), standby.end()]);
      await end(server, 'SIGINT');
      await primary.stop();
    },
  };
}

/** Polls the desk as an agent does, and answers each command with what `act` says. */
export function runAgent(
  desk: AgentDesk,
  member: string,
  act: (
    command: AgentCommand,
  ) => Promise<{ state: 'done' | 'refused' | 'ambiguous'; says: string; facts: MemberFacts } | undefined>,
): () => void {
  let isStopped = false;
  const commands: AgentCommand[] = [];
  const poll = () => {
    if (isStopped) return;
    desk.open({ v: 1, cluster: 'orders', member, bootId: 'b', nonce: newNonce() }, (signed) => {
      if (!signed) return;
      const command = AgentCommand.parse(JSON.parse(signed.body));
      commands.push(command);
      void act(command).then((answer) => {
        if (answer) {
          const { id, agentNonce: nonce } = command;
          desk.takeResult({ v: 1, id, nonce, cluster: 'orders', member, bootId: 'b', ...answer });
        }
        poll();
      });
    });
  };
  poll();
  return () => {
    isStopped = true;
  };
}
