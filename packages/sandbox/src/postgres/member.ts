// Starts and stops one member's Postgres. A start always goes through the member's start command, which asks the gate:
// the same file that its agent runs.
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxError } from '../errors.ts';
import { type ProcessIdentity, sendSignal } from '../identity.ts';
import { enterArgv } from '../layers/unshare.ts';
import { asUser, type DatabaseUser } from '../layers/user.ts';
import { run } from '../run.ts';
import { INSIDE } from '../site/layout.ts';
import type { MemberRecord } from '../site/record.ts';
import { waitFor } from '../wait.ts';
import { findPostmaster, isServerOrStarting, listServerPids } from './processes.ts';
import { queryRows } from './query.ts';

export type StartOutcome =
  | { readonly started: true; readonly gateSaid: string }
  | { readonly started: false; readonly refusal: string };
export type StopMode = 'smart' | 'fast' | 'immediate';

const REFUSED = 75;
const STOP_SIGNALS = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** The start command lies in the member's folder, so that it is there in the host whoever calls it. */
export async function writeStartCommand(member: MemberRecord, binFolder: string, user: DatabaseUser): Promise<void> {
  const server = asUser(user, [join(binFolder, 'postgres'), '-D', `${INSIDE}/data`]).join(' ');
  const script = `#!/bin/sh
# Starts this member: asks its gate, then leaves the server to the host's init.
cd ${INSIDE} || exit 70
if [ -e gate ]; then
  said=$(sh ./gate 2>&1) || { echo "$said"; exit ${REFUSED}; }
  echo "$said"
fi
exec setsid --fork ${server} >>log/postgres.log 2>&1 </dev/null
`;
  await writeExecutable(join(member.folder, 'start'), script);
}

export async function writeGate(member: MemberRecord, argv: readonly string[] | undefined): Promise<void> {
  const path = join(member.folder, 'gate');
  if (argv === undefined) await rm(path, { force: true });
  else await writeExecutable(path, `#!/bin/sh\nexec ${argv.map(quote).join(' ')}\n`);
}

/** Resolves when the member accepts connections, or the gate has refused; throws with the log's end when it failed. */
export async function startServer(
  init: ProcessIdentity,
  member: MemberRecord,
  timeoutMs = 60_000,
): Promise<StartOutcome> {
  const started = await run(enterArgv(init, [`${INSIDE}/start`]), { timeoutMs });
  const said = `${started.stdout}${started.stderr}`.trim();
  if (started.code === REFUSED) return { started: false, refusal: said || 'the gate refused and gave no reason' };
  if (started.code !== 0) throw new SandboxError('start-failed', `${member.id} can't be started: ${said}`);
  const target = { socketFolder: member.socketFolder, port: member.port, timeoutMs: 1_000 };
  let failures = 0;
  const accepts = async (): Promise<boolean> => {
    try {
      // A look into a file first, as pg_ctl does: connecting again and again would slow a recovery down.
      const status = (await readFile(join(member.folder, 'data', 'postmaster.pid'), 'utf8')).split('\n')[7]?.trim();
      if (status !== 'ready')
        throw new SandboxError('not-ready', `its postmaster.pid says "${status ?? 'nothing yet'}"`);
      return (await queryRows(target, 'SELECT 1')).length === 1;
    } catch (error) {
      // Looking through all processes is dear, so only now and then.
      if (++failures % 10 !== 0 || (await isServerOrStarting(init))) throw error;
      throw new SandboxError('gave-up', `${member.id} ended while starting: ${await logEnd(member)}`, error);
    }
  };
  await waitFor(accepts, { what: `${member.id} to accept connections`, timeoutMs });
  return { started: true, gateSaid: said };
}

/** Does nothing when it isn't running. Resolves when no process of it is left. */
export async function stopServer(init: ProcessIdentity, member: MemberRecord, mode: StopMode = 'fast'): Promise<void> {
  const postmaster = await findPostmaster(init, member);
  if (postmaster !== undefined) sendSignal(postmaster, STOP_SIGNALS[mode]);
  await waitFor(async () => (await listServerPids(init)).length === 0, {
    what: `${member.id} to stop (${mode})`,
    timeoutMs: 30_000,
  });
}

async function logEnd(member: MemberRecord): Promise<string> {
  const path = join(member.folder, 'log', 'postgres.log');
  const text = await readFile(path, 'utf8').catch(() => ''); // no log: it never got that far
  return `${text.trim().split('\n').slice(-5).join(' | ')} (${path})`;
}

async function writeExecutable(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
