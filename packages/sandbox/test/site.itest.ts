// A site's life: up with streaming standbys, several side by side, down without a trace, and what a killed owner left.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Site, clearLeftovers, createSite, openSite } from '../src/index.ts';
import { PATIENTLY, ROOT, findTraces, readFootprint, reach, sql, superSql } from './support.ts';

let site: Site;
beforeAll(async () => {
  site = await createSite({ root: ROOT, sync: true });
});
afterAll(async () => {
  await site.close();
});

test('one primary and two standbys stream on timeline 1, each under its own name and slot', async () => {
  const { members, activeFaults, ownerAlive } = await site.status();
  expect(members.map((member) => [member.id, member.zone, member.postgres, member.role, member.timeline])).toEqual([
    ['orders-1', 'a', 'running', 'primary', 1],
    ['orders-2', 'b', 'running', 'standby', 1],
    ['orders-3', 'c', 'running', 'standby', 1],
  ]);
  expect(members.map((member) => [member.receiving, member.upstream])).toEqual([
    [null, null],
    [true, '10.71.1.2'],
    [true, '10.71.1.2'],
  ]);
  expect({ activeFaults, ownerAlive }).toEqual({ activeFaults: [], ownerAlive: true });
  const senders = 'SELECT application_name, client_addr, sync_state FROM pg_stat_replication ORDER BY 1';
  expect(await superSql(site, 'orders-1', senders)).toBe('orders-2|10.71.2.2|quorum\norders-3|10.71.3.2|quorum');
  expect(await superSql(site, 'orders-1', 'SELECT bool_and(active) FROM pg_replication_slots')).toBe('t');
});

test('what the client writes over its network is on a standby', async () => {
  const [primary, standby] = site.description.sets[0]!.members;
  const { client } = site.description;
  const target = { from: 'client', address: primary!.addresses.app, access: client, database: client.database };
  expect(await sql(site, target, "INSERT INTO writes (id, writer) VALUES (1, 'test')")).toMatchObject({ code: 0 });
  const read = { ...target, address: standby!.addresses.app };
  await expect
    .poll(async () => (await sql(site, read, 'SELECT count(*) FROM writes')).stdout.trim(), PATIENTLY)
    .toBe('1');
});

test('a witness reaches each member with its own role, and beats on the primary', async () => {
  const [primary] = site.description.sets[0]!.members;
  for (const witness of site.description.witnesses) {
    const target = { from: witness.id, address: primary!.addresses.mon, access: witness, database: 'petrov' };
    const beat = `INSERT INTO heartbeat (witness, beat) VALUES ('${witness.id}', 1)`;
    expect(await sql(site, target, beat)).toMatchObject({ code: 0 });
    expect(await reach(site, witness.id, witness.gateway)).toBe('ECONNREFUSED');
  }
});

test('nobody comes in over TCP without a password, and the superuser not even with one', async () => {
  const [primary] = site.description.sets[0]!.members;
  const argv = (user: string) => [
    'psql',
    '-h',
    primary!.addresses.db,
    '-U',
    user,
    '-d',
    'postgres',
    '-wXAtc',
    'SELECT 1',
  ];
  expect((await site.execIn('orders-2', argv('petrov_agent'))).stderr).toContain('no password supplied');
  expect((await site.execIn('orders-2', argv('postgres'))).stderr).toContain('rejects connection');
});

test('a member’s own login for replication may do at another what a rewind needs', async () => {
  const [primary, standby] = site.description.sets[0]!.members;
  const { role, passfileInside } = standby!.replication;
  const login = `host=${primary!.addresses.db} user=${role} passfile=${passfileInside} dbname=postgres`;
  const reads = `SELECT (pg_stat_file('PG_VERSION', true)).size > 0 AND EXISTS (SELECT FROM pg_ls_dir('.', true, false))
    AND length(pg_read_binary_file('global/pg_control')) = length(pg_read_binary_file('global/pg_control', 0, 8192, false))`;
  const argv = ['psql', '-d', login, '-XAtqwc', 'CHECKPOINT', '-c', reads];
  expect(await site.execIn(standby!.id, argv)).toMatchObject({ code: 0, stdout: 't\n' });
});

test('the networks are apart: a witness has no way to the other two', async () => {
  const [primary] = site.description.sets[0]!.members;
  expect(await reach(site, 'w-a', primary!.addresses.db)).toBe('ENETUNREACH');
  expect(await reach(site, 'client', primary!.addresses.mon)).toBe('ENETUNREACH');
});

test('a start asks the gate: refused with its words, or started', async () => {
  await site.setGate('orders-3', ['sh', '-c', 'echo "fenced at epoch 7"; exit 1']);
  await site.stopMember('orders-3');
  expect(await site.startMember('orders-3')).toEqual({ started: false, refusal: 'fenced at epoch 7' });
  await expect(site.fault('start', { member: 'orders-3' })).rejects.toThrow('fenced at epoch 7');
  await site.setGate('orders-3', ['echo', 'nothing against it']);
  expect(await site.startMember('orders-3')).toEqual({ started: true, gateSaid: 'nothing against it' });
});

test('two sites stand side by side, and each goes without a trace', async () => {
  const other = await createSite({ root: ROOT, cluster: 'billing', members: 2, profile: 'tuned' });
  const footprint = readFootprint(other.folder);
  try {
    await expect(openSite(ROOT)).rejects.toThrow(/several sites run/);
    expect((await openSite(ROOT, other.id)).description.sets[0]!.cluster).toBe('billing');
    const identifiers = [site, other].map((one) => one.description.sets[0]!.systemIdentifier);
    expect(new Set(identifiers).size).toBe(2);
    const reported = await superSql(other, 'billing-2', 'SELECT system_identifier FROM pg_control_system()');
    expect(reported).toBe(identifiers[1]);
    expect(await superSql(other, 'billing-2', 'SHOW wal_receiver_timeout')).toBe('10s');
  } finally {
    await other.close();
  }
  expect(findTraces(footprint)).toEqual([]);
  expect((await site.status()).members.every((member) => member.postgres === 'running')).toBe(true);
});

test('what an owner killed with -9 has left is cleared at the next command, and nothing else', async () => {
  const owner = spawn(process.execPath, [`${import.meta.dirname}/owner.ts`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  const folder = line.toString().trim();
  const footprint = readFootprint(folder);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  expect(findTraces(footprint).length).toBeGreaterThan(10);
  const cleared = await clearLeftovers(ROOT);
  expect(cleared).toContain(folder.split('/').at(-1));
  expect(findTraces(footprint)).toEqual([]);
  expect(existsSync(site.folder)).toBe(true);
});

test('a program in a host ends when it is told to, even after its host was frozen for a while', async () => {
  const program = await site.spawnIn('orders-2', ['sleep', '60']);
  await site.fault('freeze', { member: 'orders-2', host: true });
  await site.fault('thaw', { member: 'orders-2' });
  expect(await program.stop()).toEqual({ code: null, signal: 'SIGTERM' });
});
