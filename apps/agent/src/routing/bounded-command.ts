// Runs a program of this host with a deadline and brings back the end of what it said. No shell; its whole process group
// ends with it when it's late.
import { spawn } from 'node:child_process';

export type Ran = {
  readonly outcome: 'done' | 'failed' | 'timed-out' | 'ended';
  /** The end of its output, or why there is none. */
  readonly output: string;
};
export type RunOptions = {
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends it early. */
  readonly signal?: AbortSignal;
};

const OUTPUT_CHARACTERS_MAX = 2_000;
/** Between the request to end and the kill. */
const GRACE_MS = 500;

/** Never rejects. */
export async function runBounded([file = '', ...args]: readonly string[], options: RunOptions): Promise<Ran> {
  const child = spawn(file, args, {
    cwd: '/',
    detached: true, // a group of its own
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...options.env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output = `${output}${text}`.slice(-OUTPUT_CHARACTERS_MAX);
    });
  }
  let early: 'timed-out' | 'ended' | undefined;
  let kill: NodeJS.Timeout | undefined;
  const end = (why: 'timed-out' | 'ended'): void => {
    early ??= why;
    sendToGroup(child.pid, 'SIGTERM');
    kill ??= setTimeout(() => sendToGroup(child.pid, 'SIGKILL'), GRACE_MS);
  };
  const timer = setTimeout(() => end('timed-out'), options.timeoutMs);
  const onAbort = (): void => end('ended');
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const { promise, resolve } = Promise.withResolvers<Ran['outcome']>();
  child.once('error', (error) => {
    output ||= error.message;
    resolve('failed');
  });
  // Not "close": a grandchild that keeps the pipe open must not hold this up.
  child.once('exit', (code) => resolve(early ?? (code === 0 ? 'done' : 'failed')));
  const outcome = await promise;
  clearTimeout(timer);
  clearTimeout(kill);
  if (early !== undefined) sendToGroup(child.pid, 'SIGKILL'); // who of its group has ignored the request
  options.signal?.removeEventListener('abort', onAbort);
  await new Promise((settled) => setImmediate(settled)); // what it said last has come
  child.stdout.destroy();
  child.stderr.destroy();
  return { outcome, output: output.trim() };
}

function sendToGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error; // all have ended
  }
}
