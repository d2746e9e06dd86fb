// The power of a member's host: off ends all of it in silence, also when it's frozen and cut off; on brings it back with its
// disk, its programs and its gate. By the fault, by the switch's HTTP, and by what was set to boot.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSite, type MemberDescription, PowerSwitch, type Site } from '../src/index.ts';
import { pidsInNamespaceOf } from '../src/identity.ts';
import { PATIENTLY, ROOT, reach, superSql } from './support.ts';

let site: Site;
let one: MemberDescription;
let power: PowerSwitch;
beforeAll(async () => {
  site = await createSite({ root: ROOT, cluster: 'fed' });
  one = site.description.sets[0]!.members[0]!;
  power = await PowerSwitch.start({ site, token: 'key', onProblem: (says) => expect.fail(says) });
});
afterAll(async () => {
  await power[Symbol.asyncDispose]();
  await site.close();
});

const initOf = (id: string) => {
  const record = JSON.parse(readFileSync(join(site.folder, 'site.json'), 'utf8')) as {
    hosts: { id: string; init: { pid: number } | null }[];
  };
  return record.hosts.find((host) => host.id === id)?.init?.pid;
};
const stateOf = async (id: string) => (await site.status()).members.find((member) => member.id === id)?.postgres;
const ask = async (path: string, init: RequestInit = {}, token = 'key') => {
  const response = await fetch(`${power.url}${path}`, { ...init, headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const turn = (to: string) => ask(`/hosts/${one.id}/power`, { method: 'POST', body: JSON.stringify({ power: to }) });

test('host-off: everything on it is gone, its addresses are silent, its peers hear no goodbye; heal brings it back', async () => {
  const pid = initOf(one.id)!;
  expect(pidsInNamespaceOf(pid).length).toBeGreaterThan(3);
  const sender = await site.spawnIn('w-a', ['bash', '-c', `exec 3<>/dev/tcp/${one.addresses.mon}/5432; cat <&3`]);
  await site.fault('host-off', { member: one.id });
  expect([initOf(one.id), existsSync(`/proc/${pid}`), await stateOf(one.id)]).toEqual([undefined, false, 'host-down']);
  for (const [from, address] of [
    ['w-a', one.addresses.mon],
    ['fed-2', one.addresses.db],
    ['client', one.addresses.app],
  ] as const)
    expect(await reach(site, from, address), `${from} → ${address}`).toBe('silence');
  expect(await Promise.race([sender.exited, Promise.resolve('still open')]), 'no FIN, no reset').toBe('still open');
  sender.kill('SIGKILL');
  await expect(site.fault('host-off', { member: one.id })).rejects.toThrow('off already');
  await expect(site.fault('kill', { member: one.id })).rejects.toThrow('petrov sandbox power on');

  expect(await site.heal()).toContain(`${one.id} is on, its Postgres started`);
  expect((await site.status()).activeFaults).toEqual([]);
  expect(await superSql(site, one.id, 'SELECT pg_is_in_recovery()')).toBe('f');
  expect(await reach(site, 'w-a', one.addresses.mon)).toBe('open');
  await expect
    .poll(() => superSql(site, one.id, "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"), PATIENTLY)
    .toBe('2');
});

test('the switch turns off a host that is frozen and cut off from all networks', async () => {
  for (const net of ['db', 'mon', 'app']) await site.fault('cut', { net, target: one.id });
  const unit = await site.spawnIn(one.id, ['sleep', '600']);
  await site.fault('freeze', { member: one.id, host: true });
  const pid = initOf(one.id)!;
  expect(await turn('Off')).toMatchObject({ status: 202 });
  await expect
    .poll(() => ask(`/hosts/${one.id}/power`), PATIENTLY)
    .toMatchObject({ status: 200, body: { power: 'Off' } });
  expect(existsSync(`/proc/${pid}`)).toBe(false);
  expect(await unit.exited, 'nobody stays to wait for it').toMatchObject({ signal: 'SIGKILL' });
  expect(await turn('Off'), 'again is harmless').toMatchObject({ status: 202 });
  expect(await site.heal()).toContain(`${one.id} is on, its Postgres started`);
});

test('power on boots what was set, and the gate decides whether Postgres comes up', async () => {
  const logFile = join(site.folder, 'unit.log');
  await site.setBoot(one.id, [
    { argv: ['sh', '-c', 'echo "booted $WHO"; exec sleep 600'], env: { WHO: one.id }, logFile },
  ]);
  await site.setGate(one.id, ['sh', '-c', 'echo fed-2 is out of recovery; exit 1']);
  await site.powerOff(one.id);
  expect(await turn('On')).toMatchObject({ status: 202 });
  await expect.poll(() => existsSync(logFile) && readFileSync(logFile, 'utf8'), PATIENTLY).toBe(`booted ${one.id}\n`);
  expect(await ask(`/hosts/${one.id}/power`)).toMatchObject({ body: { power: 'On' } });
  await site.powerOff(one.id);
  expect(await site.powerOn(one.id)).toContain('its gate refused: fed-2 is out of recovery');
  expect(await stateOf(one.id)).toBe('stopped');
  await site.setGate(one.id, undefined);
  await site.startMember(one.id);
  expect(await site.powerOn(one.id)).toBe(`${one.id} is on already`);
});

test('the switch answers only who has its token, and only about hosts that are there', async () => {
  expect((await ask(`/hosts/${one.id}/power`, {}, 'other')).status).toBe(401);
  expect((await ask('/hosts/fed-9/power')).status).toBe(404);
  expect((await turn('Maybe')).status).toBe(400);
  expect(await stateOf(one.id)).toBe('running');
});
