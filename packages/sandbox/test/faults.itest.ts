// Each fault has the effect that it names, seen over a real connection from the right place, and heals.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  type MemberDescription,
  type Site,
  createSite,
  findLostIds,
  openSite,
  readWriterLog,
  startWriter,
  monotonicMs,
} from '../src/index.ts';
import { PATIENTLY, ROOT, reach, sql, superSql } from './support.ts';

let site: Site;
let one: MemberDescription;
let two: MemberDescription;
beforeAll(async () => {
  site = await createSite({ root: ROOT, cluster: 'faulty' });
  [one, two] = site.description.sets[0]!.members as [MemberDescription, MemberDescription];
});
afterEach(async () => {
  await site.heal();
  expect((await site.status()).activeFaults).toEqual([]);
});
afterAll(async () => {
  await site.close();
});

const beat = async (member: MemberDescription, timeout = 30_000) => {
  const witness = site.description.witnesses[0]!;
  const target = { from: witness.id, address: member.addresses.mon, access: witness, database: 'petrov' };
  return await Promise.race([
    sql(site, target, 'SELECT 1'),
    new Promise<'late'>((done) => setTimeout(() => done('late'), timeout)),
  ]);
};
const stateOf = async (id: string) => (await site.status()).members.find((member) => member.id === id)?.postgres;

test('kill: the postmaster is gone, connections are refused; heal starts it again with its data', async () => {
  const before = monotonicMs();
  const stamp = await site.fault('kill', { member: one.id });
  expect(stamp.monotonicMs).toBeGreaterThan(before);
  expect(stamp.monotonicMs).toBeLessThan(monotonicMs());
  expect(await reach(site, 'w-a', one.addresses.mon)).toBe('ECONNREFUSED');
  await expect.poll(() => stateOf(one.id), PATIENTLY).toBe('stopped');
  expect((await site.status()).activeFaults).toMatchObject([{ name: 'kill', args: { member: one.id }, ...stamp }]);
  expect(await site.heal()).toContain(`started ${one.id}`);
  expect(await superSql(site, one.id, 'SELECT pg_is_in_recovery()')).toBe('f');
});

test('start: brings a killed member back and takes the kill off the record', async () => {
  await site.fault('kill', { member: two.id });
  await site.fault('start', { member: two.id });
  expect(await stateOf(two.id)).toBe('running');
  expect((await site.status()).activeFaults).toEqual([]);
  await expect(site.fault('start', { member: two.id })).rejects.toThrow('runs already');
});

test('restart: a new postmaster, also after a kill', async () => {
  const started = () => superSql(site, one.id, 'SELECT pg_postmaster_start_time()');
  const first = await started();
  await site.fault('restart', { member: one.id });
  const second = await started();
  expect(second).not.toBe(first);
  await site.fault('kill', { member: one.id });
  await site.fault('restart', { member: one.id });
  expect(await started()).not.toBe(second);
});

test('freeze: the kernel still answers, nobody else does; thaw lets it go on where it was', async () => {
  await site.fault('freeze', { member: one.id });
  expect(await stateOf(one.id)).toBe('frozen');
  expect(await reach(site, 'w-a', one.addresses.mon)).toBe('open');
  expect(await beat(one, 1_000)).toBe('late');
  await site.fault('thaw', { member: one.id });
  expect(await beat(one)).toMatchObject({ code: 0, stdout: '1\n' });
  expect((await site.status()).activeFaults).toEqual([]);
});

test('cut: one witness from the monitoring network, the others still see, the app network lives', async () => {
  await site.fault('cut', { net: 'mon', target: 'w-b' });
  expect(await reach(site, 'w-b', one.addresses.mon)).toBe('silence');
  expect(await reach(site, 'w-a', one.addresses.mon)).toBe('open');
  expect(await reach(site, 'client', one.addresses.app)).toBe('open');
  await site.heal();
  expect(await reach(site, 'w-b', one.addresses.mon)).toBe('open');
});

test('cut mon all: no witness reaches any member, replication and clients go on', async () => {
  const receiving = async () => (await site.status()).members.map((member) => member.receiving);
  // After a restart of the primary a receiver tries again each 5 s (wal_retrieve_retry_interval).
  await expect.poll(receiving, { timeout: 20_000 }).toEqual([null, true, true]);
  await site.fault('cut', { net: 'mon', target: 'all' });
  expect(await Promise.all(['w-a', 'w-b', 'w-c'].map((id) => reach(site, id, one.addresses.mon)))).toEqual(
    Array.from({ length: 3 }, () => 'silence'),
  );
  expect(await reach(site, 'client', one.addresses.app)).toBe('open');
  expect(await receiving()).toEqual([null, true, true]);
});

test('cut with reject: refused at once; overlapping cuts are kept apart when one heals', async () => {
  await site.fault('cut', { net: 'mon', target: one.id, reject: true });
  expect(await reach(site, 'w-a', one.addresses.mon)).toBe('ECONNREFUSED');
  expect(await reach(site, 'w-a', two.addresses.mon)).toBe('open');
});

test('cut of a zone: traffic within it goes on, across its border it does not', async () => {
  await site.fault('cut', { net: 'mon', target: 'zone-a' });
  expect(await reach(site, 'w-a', one.addresses.mon)).toBe('open');
  expect(await reach(site, 'w-b', one.addresses.mon)).toBe('silence');
  expect(await reach(site, 'w-a', two.addresses.mon)).toBe('silence');
});

test('cut one way: what the member sends is lost, what it is sent arrives', async () => {
  /** Handshakes that a SYN of somebody began (SYN_RECV is 03): what arrived, and nothing of what else the wire carries. */
  const begun = async () => {
    const { stdout } = await site.execIn(one.id, ['cat', '/proc/net/tcp']);
    return stdout.split('\n').flatMap((line) => /^\s*\d+: \S+ (\S+) 03 /.exec(line)?.[1] ?? []);
  };
  await site.fault('cut', { net: 'mon', target: one.id, direction: 'from' });
  expect(await reach(site, 'w-a', one.addresses.mon)).toBe('silence');
  const arrived = await begun();
  expect(arrived.length).toBeGreaterThan(0);
  await site.heal();
  await site.fault('cut', { net: 'mon', target: one.id, direction: 'to' });
  const before = await begun();
  expect(await reach(site, 'w-a', one.addresses.mon)).toBe('silence');
  expect((await begun()).filter((remote) => !before.includes(remote))).toEqual([]);
});

test('wrong names and arguments say what there is', async () => {
  await expect(site.fault('kill', { member: 'nobody' })).rejects.toThrow('there are faulty-1, faulty-2, faulty-3');
  await expect(site.fault('cut', { net: 'db', target: 'w-a' })).rejects.toThrow('not on the network db');
  await expect(site.fault('kill', {})).rejects.toThrow('member');
});

test('a fault applied by another process is seen and healed by this one', async () => {
  await (await openSite(ROOT, site.id)).fault('cut', { net: 'app', target: one.id });
  expect((await site.status()).activeFaults).toMatchObject([{ name: 'cut' }]);
  expect(await site.heal()).toEqual([`restored app for ${one.id}`]);
  expect(await reach(site, 'client', one.addresses.app)).toBe('open');
});

test('the writer records what is acknowledged, sees the outage and moves to a promoted member', async () => {
  const canary: number[] = [];
  const writer = await startWriter(site, { onCanary: (line) => canary.push(line.succeeded) });
  try {
    await expect.poll(async () => (await readWriterLog(writer.logFile)).acks.length, PATIENTLY).toBeGreaterThan(20);
    const killed = await site.fault('kill', { member: one.id });
    await expect.poll(() => stateOf(one.id), PATIENTLY).toBe('stopped');
    await superSql(site, two.id, 'SELECT pg_promote()');
    const byTwo = async () => (await readWriterLog(writer.logFile)).acks.filter((ack) => ack.member === two.id).length;
    await expect.poll(byTwo, PATIENTLY).toBeGreaterThan(10);
    await expect.poll(() => canary.length, PATIENTLY).toBeGreaterThan(0);
    await writer.stop();
    const log = await readWriterLog(writer.logFile);
    expect(log.splitBrains).toEqual([]);
    expect(log.acks.some((ack) => ack.pinned)).toBe(true);
    const outage = log.unavailable.find((period) => (period.toMonotonicMs ?? 0) - period.fromMonotonicMs > 50);
    expect(outage!.fromMonotonicMs).toBeGreaterThan(killed.monotonicMs);
    const lost = await findLostIds(site, log.acks);
    const lastByOne = log.acks
      .filter((ack) => ack.member === one.id)
      .slice(-20)
      .map((ack) => ack.id);
    expect(lost.filter((id) => !lastByOne.includes(id))).toEqual([]);
  } finally {
    await writer.stop();
  }
});
