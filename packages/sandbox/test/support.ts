// What the sandbox's tests share: a root that keeps its template, looks from inside hosts, and a search for leftovers.
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { RoleAccess, RunResult, Site } from '../src/index.ts';

export const ROOT = join(import.meta.dirname, '../../../var/test-sandbox');

/** For `expect.poll`: a machine that is busy with other things is slow, not wrong. */
export const PATIENTLY = { timeout: 30_000 };

/** How a TCP connection from a host goes: it opens, is refused at once, or nobody answers in time. The second timer lets what has arrived be seen first. */
export async function reach(site: Site, hostId: string, address: string, port = 5432): Promise<string> {
  const program = `const s = require('node:net').connect(${port}, '${address}');
    const say = (word) => { console.log(word); process.exit(); };
    s.on('connect', () => say('open')); s.on('error', (e) => say(e.code)); setTimeout(() => setTimeout(() => say('silence'), 100), 500);`;
  return (await site.execIn(hostId, [process.execPath, '-e', program], { timeoutMs: 30_000 })).stdout.trim();
}

export interface SqlTarget {
  readonly from: string;
  readonly address: string;
  readonly access: RoleAccess;
  readonly database: string;
}

export async function sql(site: Site, target: SqlTarget, statement: string): Promise<RunResult> {
  const password = readFileSync(target.access.passwordFile, 'utf8');
  const argv = ['psql', '-h', target.address, '-U', target.access.role, '-d', target.database, '-XAtc', statement];
  return await site.execIn(target.from, argv, {
    env: { PGPASSWORD: password, PGCONNECT_TIMEOUT: '20' },
    timeoutMs: 30_000,
  });
}

/** As the superuser, over the member's socket, as its agent does it. */
export async function superSql(site: Site, memberId: string, statement: string): Promise<string> {
  const argv = ['psql', '-h', '/run/petrov/socket', '-U', 'postgres', '-XAtc', statement];
  const result = await site.execIn(memberId, argv, { timeoutMs: 30_000 });
  if (result.code !== 0) throw new Error(result.stderr);
  return result.stdout.trim();
}

export interface Footprint {
  readonly folder: string;
  readonly namespaces: ReadonlySet<string>;
}

const KINDS = ['net', 'pid', 'mnt'] as const;

/** The namespaces that a site's record names. */
export function readFootprint(folder: string): Footprint {
  const record = JSON.parse(readFileSync(join(folder, 'site.json'), 'utf8')) as { hosts: { init: { pid: number } }[] };
  const pids = record.hosts.map((host) => host.init.pid);
  return {
    folder,
    namespaces: new Set(pids.flatMap((pid) => KINDS.map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`)))),
  };
}

/** Everything of it that is still there: processes in its namespaces, mounts, folders. Empty is what we want. */
export function findTraces(footprint: Footprint): readonly string[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) =>
      KINDS.filter((kind) => footprint.namespaces.has(namespaceOf(pid, kind))).map((kind) => `${pid} in ${kind}`),
    );
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return [
    ...processes,
    ...mounts.filter((line) => line.includes(footprint.folder)),
    ...(existsSync(footprint.folder) ? [footprint.folder] : []),
  ];
}

function namespaceOf(pid: string, kind: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`);
  } catch {
    return ''; // ended between two looks
  }
}
