// Clients that don't know the members find the primary through what stands before it: HAProxy that asks the agents, an
// address that the agents move, PgBouncer that a hook points elsewhere. Failed over with Petrov, then by hand without it.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { HEALTH_PORT, type Rig } from '@petrov/drill';
import {
  bouncerPlace,
  monotonicMs,
  type RunningWriter,
  startHaproxy,
  startPgbouncer,
  startWriter,
} from '@petrov/sandbox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  ackedSince,
  askAsClient,
  countIds,
  failOver,
  PATIENTLY,
  primaryOf,
  startRig,
  whoAnswers,
} from './routing-rig.ts';
import { type AddressWatch, watchAddress } from './routing-address.ts';

const ADDRESS = '10.73.250.1';
const example = join(import.meta.dirname, '../../examples/pgbouncer/point-here.sh');
type Way = 'haproxy' | 'address' | 'pgbouncer';

let rig: Rig;
const problems: string[] = [];
let ways: Record<Way, { readonly host: string; readonly port: number }>;
let readPort: number;
let writers: Record<Way, RunningWriter>;
let watch: AddressWatch;
let old: string;
let second: string;

beforeAll(async () => {
  rig = await startRig(problems, {
    isAddressMoved: true,
    hooks: (site, member) => {
      const { targetFile, admin } = bouncerPlace(site);
      const { addresses, port } = memberOf(site.description, member);
      return {
        onPromoted: [example, targetFile, 'app', addresses.app, String(port), admin],
        timeoutMs: 10_000,
      };
    },
  });
  const { site } = rig.parts;
  watch = await watchAddress(site, ADDRESS);
  old = await primaryOf(site);
  const { addresses, port } = memberOf(site.description, old);
  const [haproxy, bouncer] = await Promise.all([
    startHaproxy(site, { healthPort: HEALTH_PORT, lagMax: '16MB' }),
    startPgbouncer(site, { host: addresses.app, port }),
  ]);
  readPort = haproxy.ports.read;
  ways = {
    haproxy: { host: haproxy.address, port: haproxy.ports.write },
    address: { host: ADDRESS, port },
    pgbouncer: { host: bouncer.address, port: bouncer.port },
  };
});
afterAll(async () => {
  if (rig) expect([...problems, ...(await rig.stop())]).toEqual([]);
});

function memberOf(site: Rig['parts']['site']['description'], id: string) {
  const member = site.sets[0]?.members.find((one) => one.id === id);
  if (member === undefined) throw new Error(`no member ${id}`);
  return member;
}
const wayNames = ['haproxy', 'address', 'pgbouncer'] as const satisfies Way[];

/** Resolves when each way leads to that member; says how long each took since `sinceMs`. */
async function allLeadTo(member: string, sinceMs: number): Promise<void> {
  const { site } = rig.parts;
  const took = await Promise.all(
    wayNames.map(async (way) => {
      const { host, port } = ways[way];
      await expect.poll(() => whoAnswers(site, host, port), PATIENTLY).toBe(member);
      return `${way} ${Math.round(monotonicMs() - sinceMs)} ms`;
    }),
  );
  process.stdout.write(`clients reach ${member} by ${took.join(', ')}\n`);
}

async function allWrites(sinceMs: number, atLeast: number): Promise<readonly number[]> {
  const counts = () =>
    Promise.all(wayNames.map(async (way) => (await ackedSince(writers[way].logFile, sinceMs)).length));
  await expect.poll(async () => Math.min(...(await counts())), PATIENTLY).toBeGreaterThanOrEqual(atLeast);
  return (await Promise.all(wayNames.map((way) => ackedSince(writers[way].logFile, sinceMs)))).flat();
}

it('each way leads to the primary, reads to a standby', async () => {
  const { site } = rig.parts;
  await allLeadTo(old, monotonicMs());
  await expect.poll(() => whoAnswers(site, ways.haproxy.host, readPort), PATIENTLY).toMatch(/^orders-/);
  expect(await whoAnswers(site, ways.haproxy.host, readPort)).not.toBe(old);
  const start = async (way: Way) =>
    await startWriter(site, {
      name: `writer-${way}`,
      through: [{ id: way, ...ways[way] }],
      connections: 2,
      pauseMs: 10,
      probeEveryMs: 0,
    });
  const [haproxy, address, pgbouncer] = await Promise.all(wayNames.map(start));
  writers = { haproxy: haproxy!, address: address!, pgbouncer: pgbouncer! };
  await allWrites(monotonicMs(), 20);
});

it('a frozen primary is fenced and another promoted: all writes from then on are at that one', async () => {
  const { site } = rig.parts;
  second = await failOver(rig, 'freeze');
  const promotedMs = monotonicMs();
  await allLeadTo(second, promotedMs);
  const acked = await allWrites(promotedMs, 20);
  expect(await countIds(site, second, acked)).toBe(acked.length);
  expect(watch.holder()).toBe(second);
});

it('the old primary, made writable by hand behind the fence, gets no client by any way', async () => {
  const { site } = rig.parts;
  rmSync(join(memberOf(site.description, old).dataFolder, 'standby.signal'));
  await site.setGate(old, undefined);
  await site.startMember(old);
  await expect.poll(() => primaryOf(site), PATIENTLY).toContain(old);
  const sinceMs = monotonicMs();
  const acked = await allWrites(sinceMs, 100);
  expect(await countIds(site, old, acked)).toBe(0);
  expect(await countIds(site, second, acked)).toBe(acked.length);
  expect(watch.holder()).toBe(second);
  await site.stopMember(old, 'immediate');
});

it('with the controller killed, a promotion by hand moves all of them just so', async () => {
  const { site, controller } = rig.parts;
  controller.child.expectEnd();
  controller.child.kill('SIGKILL');
  await controller.child.exited;
  await allLeadTo(second, monotonicMs());
  await site.fault('kill', { member: second });
  const third = ['orders-1', 'orders-2', 'orders-3'].find((id) => id !== old && id !== second) ?? '';
  for (const way of wayNames)
    await expect.poll(() => whoAnswers(site, ways[way].host, ways[way].port), PATIENTLY).not.toBe(second);
  const { stderr } = await site.execIn(third, [
    'psql',
    '-h',
    '/run/petrov/socket',
    '-U',
    'postgres',
    '-c',
    'SELECT pg_promote()',
  ]);
  expect(stderr).toBe('');
  const promotedMs = monotonicMs();
  await allLeadTo(third, promotedMs);
  const acked = await allWrites(monotonicMs(), 20);
  expect(await countIds(site, third, acked)).toBe(acked.length);
});

it('an older primary can’t take PgBouncer back', async () => {
  const { site } = rig.parts;
  const { targetFile, admin } = bouncerPlace(site);
  const before = readFileSync(targetFile, 'utf8');
  const argv = [example, targetFile, 'app', '10.73.1.2', '5432', admin];
  const refused = await site.execIn('orders-1', argv, { env: { PETROV_TIMELINE: '1' } });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('newer than 1') });
  expect(readFileSync(targetFile, 'utf8')).toBe(before);
  expect(await askAsClient(site, ways.pgbouncer, 'SELECT pg_is_in_recovery()')).toBe('f');
});

it('the address was never at two members at once', () => {
  const { overlaps, moves } = watch.periods();
  expect(moves.length).toBeGreaterThanOrEqual(3);
  expect(overlaps).toEqual([]);
});
