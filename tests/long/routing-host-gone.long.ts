// The primary's host loses its power: nobody is left on it to give anything up. Fenced by its power switch, another is promoted,
// and clients find that one; the old host comes back, its Postgres is started past
// its gate, writable, and gets none.
import { HEALTH_PORT, type Rig } from '@petrov/drill';
import { monotonicMs, startHaproxy, startWriter } from '@petrov/sandbox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ackedSince, countIds, failOver, PATIENTLY, primaryOf, startRig, whoAnswers } from './routing-rig.ts';

const ADDRESS = '10.73.250.1';
const PORT = 5432;
let rig: Rig;
const problems: string[] = [];

beforeAll(async () => {
  rig = await startRig(problems, { isAddressMoved: true });
});
afterAll(async () => {
  if (rig) expect(await rig.stop()).toEqual([]);
});

async function hasAddress(member: string): Promise<boolean> {
  const { stdout } = await rig.parts.site.execIn(member, ['ip', '-o', 'address', 'show']);
  return stdout.includes(` ${ADDRESS}/`);
}

it('clients find the promoted one by HAProxy and by the address; the old one, up again past its gate, gets none', async () => {
  const { site } = rig.parts;
  const old = await primaryOf(site);
  const haproxy = await startHaproxy(site, { healthPort: HEALTH_PORT });
  const ways = [
    { id: 'haproxy', host: haproxy.address, port: haproxy.ports.write },
    { id: 'address', host: ADDRESS, port: PORT },
  ];
  const allLeadTo = async (member: string): Promise<void> => {
    for (const { host, port } of ways) await expect.poll(() => whoAnswers(site, host, port), PATIENTLY).toBe(member);
  };
  await allLeadTo(old);
  const writers = await Promise.all(
    ways.map((way) => startWriter(site, { name: `writer-${way.id}`, through: [way], connections: 2, probeEveryMs: 0 })),
  );
  const second = await failOver(rig, 'host-off');
  await allLeadTo(second);
  expect(await site.powerOn(old)).toContain('its gate refused');
  await site.setGate(old, undefined);
  expect(await site.startMember(old)).toMatchObject({ started: true });
  await expect.poll(() => whoAnswers(site, addressOf(old), PORT), PATIENTLY).toBe(old);
  const sinceMs = monotonicMs();
  const acked = async (): Promise<readonly number[]> =>
    (await Promise.all(writers.map(({ logFile }) => ackedSince(logFile, sinceMs)))).flat();
  await expect.poll(async () => (await acked()).length, PATIENTLY).toBeGreaterThan(200);
  const ids = await acked();
  expect(await countIds(site, second, ids)).toBe(ids.length);
  expect([await hasAddress(old), await hasAddress(second)]).toEqual([false, true]);
  expect(await primaryOf(site)).toContain(old); // it takes writes: nothing but the routes keeps clients away from it
});

function addressOf(member: string): string {
  const members = rig.parts.site.description.sets.flatMap((set) => set.members);
  return members.find(({ id }) => id === member)?.addresses.app ?? '';
}
