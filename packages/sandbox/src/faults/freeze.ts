// SIGSTOP for every process of a member's Postgres, or of its whole host: the kernel still completes TCP handshakes,
// but nobody answers. Repeated until no new process turns up, since a postmaster forks while it is being frozen.
import { z } from 'zod';
import { SandboxError } from '../errors.ts';
import { outsideParents, type ProcessIdentity, pidsInNamespaceOf, sendSignal, stateOf } from '../identity.ts';
import { listServerPids } from '../postgres/processes.ts';
import { listMembers } from '../site/access.ts';
import { defineFault } from '../fault/fault.ts';
import { waitFor } from '../wait.ts';
import { locate } from '../fault/member-argument.ts';

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
    if ((await listServerPids(init)).length === 0)
      throw new SandboxError('not-running', `${id} does not run: nothing to freeze`);
    stamp();
    await stopAll(init, host);
  },
  heal: async (record) => {
    const thawed = record.activeFaults.filter((fault) => fault.name === 'freeze').map((fault) => fault.args['member']);
    for (const { member } of listMembers(record)) await thawMember(locate(record, member.id).init);
    return thawed.map((member) => `thawed ${String(member)}`);
  },
});

export async function thawMember(init: ProcessIdentity): Promise<void> {
  const inside = pidsInNamespaceOf(init.pid);
  // nsenter stops itself when its child is stopped, and would never tell of the child's end.
  for (const pid of [...inside, ...outsideParents(init, inside)]) sendSignal(pid, 'SIGCONT');
}

/**
 * All but the host's init, which must go on. A signal takes its time to arrive, and until then a process may fork.
 * The nsenter outside that stops along with its child counts too, lest it stop after everything has been let go.
 */
async function stopAll(init: ProcessIdentity, isWholeHost: boolean): Promise<void> {
  const areStopped = async (): Promise<boolean> => {
    const inside = isWholeHost
      ? pidsInNamespaceOf(init.pid).filter((pid) => pid !== init.pid)
      : await listServerPids(init);
    const running = inside.filter(isRunning);
    for (const pid of running) sendSignal(pid, 'SIGSTOP');
    return running.length === 0 && !outsideParents(init, inside).some(isRunning);
  };
  await waitFor(areStopped, { what: 'all processes to stop', timeoutMs: 10_000, everyMs: 2 });
}

function isRunning(pid: number): boolean {
  return !['T', 't', 'Z', 'X', undefined].includes(stateOf(pid));
}
