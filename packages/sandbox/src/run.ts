// Runs a command to its end, with a deadline, and brings back what it said. Input goes over stdin, never secrets over argv.
import { spawn } from 'node:child_process';
import { SandboxError } from './errors.ts';

/** A clean environment: what runs inside a host must not depend on the shell that started the sandbox. */
export const BASE_ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  HOME: '/tmp',
} as const;

export interface RunOptions {
  readonly timeoutMs?: number;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Never throws for an exit code; a deadline kills the process and answers code 124, as timeout(1) does. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [command = '', ...args] = argv;
  const { promise, resolve, reject } = Promise.withResolvers<RunResult>();
  const child = spawn(command, args, {
    env: { ...BASE_ENV, ...options.env },
    cwd: options.cwd ?? '/',
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    if (child.pid !== undefined) killGroup(child.pid);
  }, options.timeoutMs ?? 30_000);
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => undefined); // it may end before it has read its input: its exit code tells
  child.stdin.end(options.input ?? '');
  child.on('error', (error) => {
    clearTimeout(timer);
    reject(new SandboxError('cannot-run', `cannot run ${command}: ${error.message}`, error));
  });
  child.on('close', (code, signal) => {
    clearTimeout(timer);
    const stderr = Buffer.concat(err).toString();
    resolve({
      code: isLate ? 124 : (code ?? 128),
      stdout: Buffer.concat(out).toString(),
      stderr: signal !== null ? `${stderr}${isLate ? 'timed out' : `ended by ${signal}`}` : stderr,
    });
  });
  return promise;
}

/** Like `run`, but an exit code other than 0 is an error that says what the command said. */
export async function runOk(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await run(argv, options);
  if (result.code !== 0) {
    const said = (result.stderr.trim() || result.stdout.trim()).slice(0, 2000);
    throw new SandboxError('command-failed', `${argv.slice(0, 6).join(' ')} … exited with ${result.code}: ${said}`);
  }
  return result.stdout;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
