// One statement at a member as superuser, over its socket, from outside: no cut network disturbs it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Site } from '@petrov/sandbox';
import { DrillError } from '../errors.ts';

export async function runSql(
  site: Site,
  member: string,
  statement: string,
  at: { readonly port?: number; readonly database?: string },
): Promise<string> {
  const [command = '', ...args] = site.psqlArgv(member);
  const more = [
    ...(at.port === undefined ? [] : ['-p', String(at.port)]),
    ...(at.database === undefined ? [] : ['-d', at.database]),
  ];
  const child = spawn(command, [...args, ...more, '-X', '-q', '-A', '-t', '-c', statement], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [said, failed] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (said += part.toString()));
  child.stderr.on('data', (part: Buffer) => (failed += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new DrillError('sql-failed', `${statement} at ${member}: ${failed.trim()}`);
  return said.trim();
}
