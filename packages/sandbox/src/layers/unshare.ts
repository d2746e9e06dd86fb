// A host's namespaces by unshare(1) and nsenter(1). Each host has an init: the first process of its PID namespace, whose
// end ends everything inside, mounts included. The init says its pid and waits: only after the caller has put it on
// record does it go on, and it ends by itself when the caller dies before that, so nothing unrecorded stays.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { SandboxError } from '../errors.ts';
import {
  type ProcessIdentity,
  findIdentity,
  isAlive,
  killExactly,
  outsideParents,
  pidsInNamespaceOf,
  sendSignal,
} from '../identity.ts';
import { waitFor } from '../wait.ts';

const KINDS = ['net', 'pid', 'mount', 'uts', 'ipc'] as const;
export type NamespaceKind = (typeof KINDS)[number];

export interface Bind {
  readonly from: string;
  readonly to: string;
}

export interface InitOptions {
  readonly hostname: string;
  /** Default: all of them. Without `net` the init shares the caller's network. */
  readonly kinds?: readonly NamespaceKind[];
  /** Folders mounted on top of a fresh, empty /run, in this order. */
  readonly binds: readonly Bind[];
  /** Puts the pid on record; the init goes on only when this has resolved. */
  readonly onPid: (init: ProcessIdentity) => Promise<void>;
}

// Arguments: hostname, then pairs FROM TO. /proc of the caller tells the pid that the caller knows this process by.
// With SIGCHLD ignored the kernel reaps orphans itself; dash's trap doesn't pass that on to sleep, env does.
const INIT_SCRIPT = `
read -r pid rest </proc/self/stat && echo "$pid"
read -r go || exit 0
set -e
hostname "$1"; shift
mount -t proc -o nosuid,nodev,noexec proc /proc
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs /dev/shm
mount -t tmpfs -o mode=755,size=16m tmpfs /run
while [ $# -gt 1 ]; do mkdir -p "$2"; mount --bind "$1" "$2"; shift 2; done
echo ready
exec env --ignore-signal=CHLD sleep infinity </dev/null >/dev/null 2>&1
`;

export async function startInit(options: InitOptions): Promise<ProcessIdentity> {
  const flags = (options.kinds ?? KINDS).map((kind) => `--${kind}`);
  const binds = options.binds.flatMap((bind) => [bind.from, bind.to]);
  const argv = [...flags, '--fork', '--propagation', 'private', 'sh', '-c', INIT_SCRIPT, 'init', options.hostname];
  const child = spawn('unshare', [...argv, ...binds], { stdio: ['pipe', 'pipe', 'pipe'], detached: true, cwd: '/' });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.on('error', () => undefined); // an init that died early is told by its missing answer
  const failed = new Promise<never>((_, reject) => {
    child.on('error', (error) => reject(new SandboxError('no-namespaces', `cannot run unshare: ${error.message}`)));
  });
  failed.catch(() => undefined); // looked at by the race below; when that has ended it is of no interest
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = await Promise.race([lines.next(), failed]);
    if (line.done !== true) return line.value;
    throw new SandboxError(
      'no-namespaces',
      `host ${options.hostname} did not come up: ${said.trim() || 'no reason given'}`,
    );
  };
  const init = findIdentity(Number(await next()));
  if (init === undefined) throw new SandboxError('no-namespaces', `the init of host ${options.hostname} ended at once`);
  try {
    await options.onPid(init);
    child.stdin.end('go\n');
    await next();
  } catch (error) {
    killExactly(init);
    throw error;
  }
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  child.unref();
  return init;
}

/** Ends a host: SIGKILL of its init makes the kernel end everything inside. Resolves when it is gone. */
export async function endInit(init: ProcessIdentity): Promise<void> {
  const parents = outsideParents(init, pidsInNamespaceOf(init.pid));
  if (!killExactly(init)) return;
  const isGone = async (): Promise<boolean> => {
    // A parent outside that was stopped along with a frozen program wouldn't reap it, and the kernel waits for that.
    for (const pid of parents) sendSignal(pid, 'SIGCONT');
    return !isAlive(init);
  };
  await waitFor(isGone, {
    what: `the end of host init ${init.pid}`,
    timeoutMs: 10_000,
    everyMs: 5,
  });
}

/** Puts "inside that host" before a command. Without `kinds`: in all of its namespaces. */
export function enterArgv(init: ProcessIdentity, argv: readonly string[], kinds: readonly NamespaceKind[] = KINDS) {
  return ['nsenter', '--target', String(init.pid), ...kinds.map((kind) => `--${kind}`), '--', ...argv];
}
