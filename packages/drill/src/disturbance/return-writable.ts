// A stale primary comes back: somebody deletes its standby.signal and starts the server by hand, around its start gate. It
// takes writes, whatever happened meanwhile.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { monotonicMs } from '@petrov/sandbox';
import { waitUntil } from '../wait.ts';
import { runServerTool } from '../rig/server-tool.ts';
import { findMember } from '../rig/configs.ts';
import type { Disturbance } from './disturbance.ts';

export const returnWritable = {
  name: 'return-writable',
  summary: 'delete standby.signal of a member and start it by hand, around its gate',
  apply: async ({ rig, onReturned }, [id = '']) => {
    const { site, cluster } = rig.parts;
    const member = findMember(site.description, cluster, id);
    await rm(join(member.dataFolder, 'standby.signal'), { force: true });
    const started = { startedAtMs: Date.now(), monotonicMs: monotonicMs() };
    await runServerTool(site, member, ['pg_ctl', 'start', '--no-wait', '--silent', '--log=/dev/null']);
    const isWritable = async (): Promise<boolean> =>
      (await site.status()).members.some((one) => one.id === id && one.role === 'primary');
    await waitUntil(isWritable, { what: `${id} to take writes`, timeoutMs: 60_000, everyMs: 20 });
    onReturned({ member: id, ...started, writableAtMs: Date.now() });
  },
} as const satisfies Disturbance;
