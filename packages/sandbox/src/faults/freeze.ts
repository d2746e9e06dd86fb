// SIGSTOP for every process of a member's Postgres, or of its whole host: the kernel still completes TCP handshakes,
// but nobody answers. Repeated until no new process turns up, since a postmaster forks while it is being frozen.
import { z } from 'zod';
import { SandboxError } from '../errors.ts';
import { type ProcessIdentity, pidsInNamespaceOf, sendSignal } from '../identity.ts';
import { listServerPids } from '../postgres/processes.ts';
import { listMembers } from '../site/access.ts';
import { defineFault } from './fault.ts';
import { locate } from './member-argument.ts';

export const FreezeArgs = z.strictObject({ member: z.string(), host: z.boolean().default(false) });
export type FreezeArgs = z.infer<typeof FreezeArgs>;

export const freeze = defineFault<FreezeArgs>({
  name: 'freeze',
  summary: 'stop the clock of every Postgres process of a member (host: of everything on its host)',
  breaks: 'database',
  parameters: FreezeArgs,
  positional: ['member'],
  isLasting: true,
  apply: async ({ record, stamp }, { member: id, host }) => {
    const { init } = locate(record, id);
    stamp();
    const count = await signalAll(init, 'SIGSTOP', host);
    if (count === 0) throw new SandboxError('not-running', `${id} does not run: nothing to freeze`);
  },
  heal: async (record) => {
    const thawed = record.activeFaults.filter((fault) => fault.name === 'freeze').map((fault) => fault.args['member']);
    for (const { member } of listMembers(record)) await thawMember(locate(record, member.id).init);
    return thawed.map((member) => `thawed ${String(member)}`);
  },
});

export async function thawMember(init: ProcessIdentity): Promise<void> {
  await signalAll(init, 'SIGCONT', true);
}

/** All but the host's init, which must go on: its end is how a host is taken down. */
async function signalAll(init: ProcessIdentity, signal: 'SIGSTOP' | 'SIGCONT', isWholeHost: boolean): Promise<number> {
  const done = new Set<number>([init.pid]);
  for (;;) {
    const pids = isWholeHost ? pidsInNamespaceOf(init.pid) : await listServerPids(init);
    const fresh = pids.filter((pid) => !done.has(pid));
    if (fresh.length === 0) return done.size - 1;
    for (const pid of fresh) {
      sendSignal(pid, signal);
      done.add(pid);
    }
  }
}
