// Every fence against one promise (I7): done only when the old primary really acknowledges no commit, to nobody; a second
// call is harmless; what it needs being silent is never done; and it's never lifted beside another that is out of recovery.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BenchOptions, FenceBench } from '../conformance/fence-bench.ts';

type Case = BenchOptions & {
  readonly name: string;
  /** Makes what the fence needs silent; undone by what it answers. */
  readonly silence: (bench: FenceBench) => () => void;
  /** What must be so before it can work; reconnecting undoes it. */
  readonly trouble?: (bench: FenceBench) => Promise<unknown>;
};

const stopAgent = (id: string) => (bench: FenceBench) => {
  bench.agents.get(id)?.kill('SIGSTOP');
  return () => void bench.agents.get(id)?.kill('SIGCONT');
};
const shutValve = (bench: FenceBench) => {
  bench.valve.isShut = true;
  return () => {
    bench.valve.isShut = false;
  };
};
/** What an operator's own program could be: turns the outlet and waits until it's as asked. */
const outlet = (to: 'On' | 'Off', { url, tokenFile }: { url: string; tokenFile: string }) => [
  process.execPath,
  '--input-type=module',
  '-e',
  `const at = '${url}/hosts/' + process.env.PETROV_MEMBER + '/power';
   const headers = { authorization: 'Bearer ' + process.getBuiltinModule('node:fs').readFileSync('${tokenFile}', 'utf8') };
   const asked = await fetch(at, { method: 'POST', headers, body: '{"power":"${to}"}' });
   if (!asked.ok) process.exit(3);
   while ((await (await fetch(at, { headers })).json()).power !== '${to}') await new Promise((go) => setTimeout(go, 50));
   console.log('the outlet is ${to}');`,
];

const cases: readonly Case[] = [
  { name: 'agent', fenceOf: () => ({ method: 'agent' }), silence: stopAgent('orders-1') },
  {
    name: 'http',
    fenceOf: ({ url, tokenFile }) => {
      const at = `${url}/hosts/{{name}}/power`;
      return {
        method: 'http',
        off: { url: at, body: '{"power":"Off"}' },
        on: { url: at, body: '{"power":"On"}' },
        status: { url: at, pointer: '/power', off: 'Off', on: 'On' },
        headers: { Authorization: { secret: `file:${tokenFile}`, prefix: 'Bearer ' } },
        answerWithinMs: 1_000,
        pollMs: 50,
      };
    },
    silence: shutValve,
  },
  {
    name: 'command',
    fenceOf: (at) => ({ method: 'command', off: outlet('Off', at), on: outlet('On', at) }),
    silence: shutValve,
  },
  {
    name: 'sync-starved',
    isSync: true,
    fenceOf: () => ({ method: 'sync-starved' }),
    fencePlan: { standbys: ['orders-2', 'orders-3'] },
    silence: stopAgent('orders-3'),
    trouble: (bench) => bench.site.fault('cut', { net: 'db', target: 'orders-1' }),
  },
  {
    name: 'lease',
    leaseMs: 5_000,
    fenceOf: () => ({ method: 'lease', afterMs: 5_000, withinMs: 40_000 }),
    silence: () => () => undefined,
    trouble: async (bench) => {
      await bench.site.fault('cut', { net: 'db', target: 'orders-1' });
      await bench.closeDoor();
    },
  },
];

describe.each(cases)('the fence $name', ({ silence, trouble, ...options }) => {
  let bench: FenceBench;
  beforeAll(async () => {
    bench = await FenceBench.start(options);
  });
  afterAll(async () => {
    await bench?.[Symbol.asyncDispose]();
  });
  const expectNoWrites = async (held: Awaited<ReturnType<FenceBench['hold']>>) => {
    expect(await bench.takesWrites(held), 'a session that was open').toBe(false);
    expect(await bench.takesWrites(), 'a new session').toBe(false);
  };

  test('is not done while what it needs is silent', async () => {
    const undo = silence(bench);
    const { state } = await bench.act('fence', 1_500);
    expect(['ambiguous', 'refused']).toContain(state);
    undo();
  });

  test('done, the old primary acknowledges no commit; a second call is harmless', async () => {
    await expect.poll(() => bench.takesWrites(), { timeout: 30_000 }).toBe(true);
    const held = await bench.hold();
    expect(await bench.takesWrites(held)).toBe(true);
    await trouble?.(bench);
    expect(await bench.act('fence')).toMatchObject({ state: 'done', facts: { 'orders-1': expect.anything() } });
    await expectNoWrites(held);
    expect(await bench.act('fence')).toMatchObject({ state: 'done' });
    await expectNoWrites(held);
    held.destroy();
  });

  test('lifted while all others are in recovery, it takes writes again', async () => {
    await bench.reconnect();
    expect(await bench.act('unfence')).toMatchObject({ state: 'done' });
    await expect.poll(() => bench.takesWrites(), { timeout: 60_000 }).toBe(true);
  });

  test('is not lifted while another member is out of recovery', async () => {
    const held = await bench.hold();
    await trouble?.(bench);
    expect(await bench.act('fence')).toMatchObject({ state: 'done' });
    await bench.promoteAnother();
    // From here on all that is left of the trouble is the fence.
    if (trouble !== undefined) await bench.reconnect();
    expect(await bench.act('unfence')).toMatchObject({
      state: 'refused',
      says: expect.stringContaining('orders-2 is out of recovery'),
    });
    await expectNoWrites(held);
    held.destroy();
  });
});

describe('no fence at all', () => {
  let bench: FenceBench;
  beforeAll(async () => {
    bench = await FenceBench.start({ fenceOf: () => ({ method: 'unfenced' }) });
  });
  afterAll(async () => {
    await bench?.[Symbol.asyncDispose]();
  });

  test('is refused beside an old primary that answers, and stops nothing', async () => {
    const held = await bench.hold();
    expect(await bench.act('fence', 5_000)).toMatchObject({
      state: 'refused',
      says: expect.stringContaining('orders-1 answers and is out of recovery'),
    });
    expect(await bench.takesWrites(held)).toBe(true);
    held.destroy();
  });

  test('of one that is silent says what is known and that it may take writes, offers no proof, and changes nothing', async () => {
    const held = await bench.hold();
    await bench.site.fault('freeze', { member: 'orders-1' });
    for (const _ of ['once', 'again']) {
      const answer = await bench.act('fence', 5_000);
      expect(answer).toMatchObject({
        state: 'done',
        facts: {},
        says: expect.stringMatching(
          /^Nothing was stopped: orders-1 may still take writes\. What is known: orders-1 can't/,
        ),
      });
    }
    await bench.site.fault('thaw', { member: 'orders-1' });
    await expect.poll(() => bench.takesWrites(held), { timeout: 30_000 }).toBe(true);
    expect(await bench.act('unfence')).toMatchObject({ state: 'done', facts: {} });
    expect(await bench.takesWrites(held)).toBe(true);
    held.destroy();
  });
});
