// Runs a program without a shell, with a bound on time and on what is kept of its output; its whole process group ends with
// the bound. A child that goes on in the background and holds the output open is not waited for.
import { spawn } from 'node:child_process';

const SAID_BYTES_MAX = 4_096;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** After its end, for the rest of its output. */
const DRAIN_MS = 200;

export type Ended =
  | {
      readonly is: 'ended';
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      readonly said: string;
    }
  | { readonly is: 'late'; readonly said: string }
  | { readonly is: 'not-run'; readonly says: string };

/** Never rejects. */
export function runBounded(
  [program = '', ...args]: readonly string[],
  { env, withinMs }: { readonly env: Readonly<Record<string, string>>; readonly withinMs: number },
): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const child = spawn(program, args, {
    env: { PATH, ...env },
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => {
      said = `${said}${part}`.slice(-SAID_BYTES_MAX);
    });
  }
  const settle = (ended: Ended): void => {
    clearTimeout(timer);
    child.stdout.destroy();
    child.stderr.destroy();
    resolve(ended);
  };
  const timer = setTimeout(() => {
    killGroup(child.pid);
    settle({ is: 'late', said: said.trim() });
  }, withinMs);
  child.on('error', (error) => settle({ is: 'not-run', says: error.message }));
  child.on('exit', (code, signal) => {
    const end = () => settle({ is: 'ended', code, signal, said: said.trim() });
    child.once('close', end);
    setTimeout(end, DRAIN_MS);
  });
  return promise;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has just ended
  }
}
