// A primary that is busy: a row of 256 KiB twenty times a second, some MB of WAL a second, until it's gone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { runSql } from '../rig/psql.ts';
import type { Disturbance } from './disturbance.ts';

const TABLE = 'load';
const DATABASE = 'app';
/** 32 bytes each. */
const CHUNKS = 8_192;
const EVERY_S = 0.05;

export const writeLoad = {
  name: 'write-load',
  summary: 'write some MB of WAL a second at a primary',
  apply: async ({ rig, sessions }, [id = '']) => {
    const { site } = rig.parts;
    await runSql(site, id, `CREATE TABLE ${TABLE} (payload text)`, { database: DATABASE });
    await runSql(site, id, `ALTER TABLE ${TABLE} ALTER payload SET STORAGE EXTERNAL`, { database: DATABASE });
    const [command = '', ...args] = site.psqlArgv(id);
    const session = spawn(command, [...args, '-X', '-d', DATABASE], { stdio: ['pipe', 'pipe', 'ignore'] });
    sessions.set(`load/${id}`, session);
    session.stdin.write(`INSERT INTO ${TABLE} VALUES (repeat(md5(random()::text), ${CHUNKS})) \\watch ${EVERY_S}\n`);
    await once(session.stdout, 'data'); // the first row is in
    session.stdout.resume();
  },
} as const satisfies Disturbance;
