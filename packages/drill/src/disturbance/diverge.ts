// A standby that somebody promoted aside, out of everybody's sight, wrote to, and put back as a standby: on a timeline of
// its own, it can never follow again.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findMember } from '../rig/configs.ts';
import { runSql } from '../rig/psql.ts';
import { runServerTool } from '../rig/server-tool.ts';
import type { Disturbance } from './disturbance.ts';

/** Nobody else knows of it. */
const ASIDE_PORT_OFFSET = 1;

export const diverge = {
  name: 'diverge',
  summary: 'promote a standby aside, write to it, put it back as a standby',
  apply: async ({ rig }, [id = '']) => {
    const { site, cluster } = rig.parts;
    const member = findMember(site.description, cluster, id);
    const port = member.port + ASIDE_PORT_OFFSET;
    await site.stopMember(id);
    const aside = `-c listen_addresses='' -c port=${port}`;
    await runServerTool(site, member, ['pg_ctl', 'start', '--wait', '--silent', '--log=/dev/null', '-o', aside]);
    await runSql(site, id, 'SELECT pg_promote()', { port });
    await runSql(site, id, 'CREATE TABLE written_aside AS SELECT generate_series(1, 1000) AS n', { port });
    await runServerTool(site, member, ['pg_ctl', 'stop', '--mode=fast', '--wait', '--silent']);
    await writeFile(join(member.dataFolder, 'standby.signal'), '');
    await site.startMember(id);
  },
} as const satisfies Disturbance;
