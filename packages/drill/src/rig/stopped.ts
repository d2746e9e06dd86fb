// Processes that were stopped by SIGSTOP: seeing it, and letting them go on.
import { readFileSync } from 'node:fs';

export function isStopped(pid: number): boolean {
  return fieldsOf(pid)?.[0] === 'T';
}

/** An nsenter that waits for it has stopped itself along with it, and would never tell of its end: it goes on first. */
export function letGoOn(pid: number): void {
  const parent = Number(fieldsOf(pid)?.[1]);
  if (parent > 1 && isStopped(parent)) process.kill(parent, 'SIGCONT');
  process.kill(pid, 'SIGCONT');
}

/** State, parent and so on, from behind the program's name; undefined when it is gone. */
function fieldsOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
