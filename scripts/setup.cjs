#!/usr/bin/env node
// Makes `npm start` and `npm test` work on a bare checkout: system packages by apt, npm packages from the lockfile,
// Node 24 from node_modules. Plain CommonJS without dependencies, for any Node from 20.19. Does nothing when all is there.
'use strict';
const { spawnSync, execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const startedAt = Date.now();
const forTest = process.argv.includes('test');
const say = (message) => process.stderr.write(`[setup] ${message}\n`);
function die(message) {
  say(message);
  process.exit(1);
}

const binaryFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const has = (binary) => binaryFolders.some((folder) => fs.existsSync(path.join(folder, binary)));
const lib = '/usr/lib/postgresql';
const postgresVersions = () =>
  (fs.existsSync(lib) ? fs.readdirSync(lib) : []).filter(
    (v) => fs.existsSync(`${lib}/${v}/bin/initdb`) && Number(v) >= 14,
  );

/** Each system package with the question whether it's needed: what is found under another name isn't installed again. */
const systemPackages = [
  { name: 'postgresql', isPresent: () => postgresVersions().length > 0 },
  { name: 'redis-server', isPresent: () => has('redis-server') },
  { name: 'iproute2', isPresent: () => has('ip') },
  { name: 'nftables', isPresent: () => has('nft') },
  { name: 'util-linux', isPresent: () => has('unshare') && has('nsenter') && has('setpriv') },
  ...(forTest
    ? [
        { name: 'chromium', isPresent: () => has('chromium') || has('google-chrome') },
        { name: 'git', isPresent: () => has('git') },
        { name: 'haproxy', isPresent: () => has('haproxy') },
        { name: 'pgbouncer', isPresent: () => has('pgbouncer') },
        { name: 'iputils-arping', isPresent: () => has('arping') },
      ]
    : []),
];

function installSystemPackages() {
  const missing = systemPackages.filter((p) => !p.isPresent()).map((p) => p.name);
  if (missing.length === 0) return;
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...missing];
  if (!has('apt-get'))
    die(
      `missing: ${missing.join(', ')}. This machine has no apt-get: install them with its own package manager, then run again.`,
    );
  if (process.getuid && process.getuid() !== 0)
    die(
      `missing system packages: ${missing.join(' ')}. Run this once, then again what you ran:\n\n  sudo ${install.join(' ')}\n`,
    );
  say(`installing ${missing.join(', ')} with apt-get (once; half a minute or so)`);
  keepDistributionServersOff(missing);
  const run = (argv) =>
    spawnSync(argv[0], argv.slice(1), {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status;
  if (run(install) === 0) return;
  say('package lists are missing or old: apt-get update');
  if (run(['apt-get', 'update', '-qq']) !== 0 || run(install) !== 0)
    die(`apt-get could not install them. By hand: ${install.join(' ')}`);
}

/** Petrov runs its own Postgres and Redis in its own folder: no server of the distribution should take a port for it. */
function keepDistributionServersOff(missing) {
  if (!missing.includes('postgresql')) return;
  fs.mkdirSync('/etc/postgresql-common/createcluster.d', { recursive: true });
  fs.writeFileSync('/etc/postgresql-common/createcluster.d/90-no-main.conf', 'create_main_cluster = false\n');
}

function installNodePackages() {
  const stamp = path.join(root, 'node_modules', '.setup-stamp');
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'package.json']) hash.update(fs.readFileSync(path.join(root, file)));
  const wanted = hash.update(`${process.platform}-${process.arch}`).digest('hex');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return;
  say('installing npm packages from the lockfile (npm ci)');
  // The npm that runs us, on the node that runs it: never the node in node_modules, which npm ci removes.
  const npmScript = process.env.npm_execpath;
  const npm =
    npmScript && /\.c?js$/.test(npmScript) ? [process.env.npm_node_execpath || process.execPath, npmScript] : ['npm'];
  const kept = /^npm_config_(cache|registry|userconfig|globalconfig|prefix)$/;
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([key]) => kept.test(key) || !/^npm_(config|lifecycle|package|command)/.test(key),
    ),
  );
  const { status } = spawnSync(npm[0], [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env,
  });
  if (status !== 0) die('npm ci failed (see above)');
  fs.writeFileSync(stamp, wanted);
}

/** npm up to 10 makes no .bin/node when two optional packages claim the same name. */
function linkNode() {
  const node = path.join(root, 'node_modules', '.bin', 'node');
  if (!fs.existsSync(node)) {
    fs.mkdirSync(path.dirname(node), { recursive: true });
    fs.rmSync(node, { force: true });
    fs.symlinkSync(`../node-linux-${process.arch}/bin/node`, node);
  }
  let version = 'none';
  try {
    version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  } catch {
    // reported below, with what was found
  }
  if (!version.startsWith('v24.'))
    die(
      `expected Node 24 in node_modules/.bin, found ${version}. Only Linux on x64 and arm64 is supported; remove node_modules and run again.`,
    );
}

/** The console is built once per state of its sources; `npm test` builds it itself. */
function buildConsole() {
  if (forTest) return;
  const index = path.join(root, 'apps/console/dist/index.html');
  const newest = (folder) =>
    Math.max(
      0,
      ...fs
        .readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((e) => e.isFile())
        .map((e) => fs.statSync(path.join(e.parentPath ?? e.path, e.name)).mtimeMs),
    );
  const sources = ['apps/console/src', 'packages/core/src']
    .map((f) => path.join(root, f))
    .filter((f) => fs.existsSync(f));
  if (fs.existsSync(index) && Math.max(...sources.map(newest)) < fs.statSync(index).mtimeMs) return;
  say('building the console');
  const bin = path.join(root, 'node_modules', '.bin');
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  if (
    spawnSync(path.join(bin, 'vite'), ['build', 'apps/console', '--logLevel', 'error'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env,
    }).status !== 0
  )
    die('the console could not be built (see above)');
}

/** A first start would compile every program while the others wait for it: asked for their usage, they are compiled and kept. */
function compilePrograms() {
  const cache = path.join(root, 'var', 'cache', 'node');
  if (forTest || fs.existsSync(cache)) return;
  say('compiling the programs');
  const node = path.join(root, 'node_modules', '.bin', 'node');
  for (const app of ['controller', 'witness', 'agent'])
    spawnSync(node, [path.join(root, 'apps', app, 'src', 'main.ts')], {
      cwd: root,
      stdio: 'ignore',
      timeout: 60_000,
      env: { ...process.env, NODE_COMPILE_CACHE: cache },
    });
}

installSystemPackages();
installNodePackages();
linkNode();
buildConsole();
compilePrograms();
say(`ready (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
