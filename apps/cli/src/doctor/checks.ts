// What this machine must have, and what would be good to have: each item is tried, not guessed, and says what to do.
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { tryProgram } from './try.ts';

export type Found = {
  readonly id: string;
  readonly isFound: boolean;
  /** Without a needed one the sandbox (`npm start`) doesn't run. */
  readonly isNeeded: boolean;
  readonly says: string;
  readonly toDo?: string;
};

const POSTGRES_BASE = '/usr/lib/postgresql';
const POSTGRES_MIN = 14;

export function examine(root: string): Found[] {
  const isRoot = process.getuid?.() === 0;
  return [
    examineNode(),
    examinePostgres(),
    examineVersioned('redis', ['redis-server', '--version'], 'apt-get install redis-server'),
    examineVersioned('iproute2', ['ip', '-V'], 'apt-get install iproute2'),
    examineVersioned('nftables', ['nft', '--version'], 'apt-get install nftables'),
    examineVersioned('util-linux', ['unshare', '--version'], 'apt-get install util-linux'),
    ...examineNamespaces(isRoot),
    examineOverlay(),
    examineCgroups(),
    examineConsole(root),
  ];
}

function examineNode(): Found {
  const major = Number(process.versions.node.split('.')[0]);
  const isFound = major >= 24;
  return item(
    'node',
    { isFound, isNeeded: true, says: `Node.js ${process.versions.node}` },
    'run "npm install": the Node of the lockfile is used then',
  );
}

function examinePostgres(): Found {
  const versions = existsSync(POSTGRES_BASE) ? readdirSync(POSTGRES_BASE).map(Number).filter(Number.isInteger) : [];
  const newest = Math.max(0, ...versions);
  const folder = path.join(POSTGRES_BASE, String(newest), 'bin');
  const said = newest >= POSTGRES_MIN ? tryProgram([path.join(folder, 'postgres'), '--version']) : undefined;
  const missing = ['initdb', 'pg_ctl', 'pg_basebackup', 'pg_rewind'].filter(
    (name) => !existsSync(path.join(folder, name)),
  );
  const isFound = said !== undefined && missing.length === 0;
  const lacking =
    newest === 0
      ? `no Postgres server under ${POSTGRES_BASE}`
      : `Postgres ${newest} lacks ${missing.join(', ') || 'a server that starts'}`;
  const says = isFound ? `${said.trim()}, in ${folder}` : lacking;
  return item('postgres', { isFound, isNeeded: true, says }, `apt-get install postgresql (${POSTGRES_MIN} or newer)`);
}

function examineVersioned(id: string, command: readonly [string, ...string[]], toDo: string): Found {
  const said = tryProgram(command);
  const says = said === undefined ? `${command[0]} is not installed` : (said.split('\n')[0] ?? id);
  return item(id, { isFound: said !== undefined, isNeeded: true, says }, toDo);
}

function examineNamespaces(isRoot: boolean): Found[] {
  const who = isRoot ? [] : ['--user', '--map-root-user'];
  const tryIn = (...rest: string[]) => tryProgram(['unshare', ...who, ...rest]) !== undefined;
  const as = isRoot ? 'as root' : 'as a normal user';
  const hasHosts = tryIn('--net', '--pid', '--mount', '--fork', 'true');
  const hasFirewall = tryIn('--net', 'nft', 'list', 'ruleset');
  const hasNetem = tryIn('--net', 'tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms');
  const allow = isRoot
    ? 'this container or kernel forbids namespaces: use a virtual machine or the host itself'
    : 'run as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1)';
  return [
    item(
      'root',
      { isFound: isRoot, isNeeded: true, says: isRoot ? 'runs as root' : `runs as ${as}` },
      'the sandbox needs root for now: use sudo',
    ),
    item(
      'namespaces',
      { isFound: hasHosts, isNeeded: true, says: `network, process and mount namespaces ${as}` },
      allow,
    ),
    item(
      'firewall',
      { isFound: hasFirewall, isNeeded: true, says: 'nftables in a namespace' },
      'a kernel with nf_tables is needed to cut networks',
    ),
    item(
      'netem',
      { isFound: hasNetem, isNeeded: false, says: 'netem, for slow and lossy networks' },
      'a kernel with sch_netem; without it latency faults take another way',
    ),
  ];
}

function examineOverlay(): Found {
  const isFound = /\boverlay\b/.test(readText('/proc/filesystems'));
  return item(
    'overlayfs',
    { isFound, isNeeded: false, says: 'overlayfs, for quick copies of data directories' },
    'plain copies are made instead: a second slower',
  );
}

function examineCgroups(): Found {
  const isFound = existsSync('/sys/fs/cgroup/cgroup.controllers') && isWritable('/sys/fs/cgroup');
  return item(
    'cgroups',
    { isFound, isNeeded: false, says: 'cgroup v2, writable, for limits on CPU and memory' },
    'faults that starve a server are not offered',
  );
}

function examineConsole(root: string): Found {
  const isFound = existsSync(path.join(root, 'apps/console/dist/index.html'));
  return item('console', { isFound, isNeeded: false, says: 'the built console' }, 'npm run build');
}

function item(id: string, found: Omit<Found, 'id' | 'toDo'>, toDo: string): Found {
  return { id, ...found, ...(found.isFound ? {} : { toDo }) };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false; // the question was whether it is
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // not there: nothing is listed
  }
}
