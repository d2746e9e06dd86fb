// The fence by HTTP against a switch that does and says everything that one may: what is done, refused, ambiguous.
import { describe, expect, it } from 'vitest';
import { makeFenceWorld } from './act.ts';
import { type Answer, breakOff, hang, httpFence, reply, startSwitch } from './http-switch.ts';

const is = (state: unknown): Answer => reply(200, { power: { state } });
const power = async (turn: Answer, status: Answer, verb: 'fence' | 'unfence' = 'fence') => {
  using at = await startSwitch({ turn, status });
  const world = makeFenceWorld(httpFence(at.url), { deadlineMs: 600, secrets: { 'env:SWITCH_KEY': 'k-1' } });
  const result = await world.act(verb);
  return { result, heard: [...at.heard] };
};

describe('a power switch', () => {
  it('is asked for the machine by its name and with its key; its answer is the proof', async () => {
    const { result, heard } = await power(reply(202), is('Off'));
    expect(result).toMatchObject({
      state: 'done',
      says: 'The power switch says that rack-7.slot-2 (orders-1) is off.',
      facts: { 'orders-1': { power: 'off', proof: 'it answered 200 with "Off" at /power/state' } },
    });
    expect(heard).toEqual([
      { method: 'POST', url: '/machines/rack-7.slot-2/power', body: '{"state":"off"}', key: 'k-1' },
      { method: 'GET', url: '/machines/rack-7.slot-2', body: '', key: 'k-1' },
    ]);
  });

  it('is asked again until the machine is off', async () => {
    let asked = 0;
    const { result } = await power(reply(202), (response) => is((asked += 1) < 3 ? 'On' : 'Off')(response));
    expect([result.state, asked]).toEqual(['done', 3]);
  });

  it('that hung when it was asked, and then says off, is believed; so is one that says it was off', async () => {
    expect((await power(hang, is('Off'))).result.state).toBe('done');
    expect((await power(reply(409), is('Off'))).result.state).toBe('done');
  });

  it('that declines and leaves the machine on is a refusal', async () => {
    const { result } = await power(reply(403), is('On'));
    expect(result).toMatchObject({ state: 'refused', says: expect.stringContaining('it answered 403. It is on.') });
  });

  it.each<[string, Answer, Answer]>([
    ['took it, and stays on', reply(202), is('On')],
    ['took it, and hangs', reply(202), hang],
    ['took it, and breaks off', reply(200), breakOff],
    ['took it, and answers an error with the right body', reply(200), reply(500, { power: { state: 'Off' } })],
    ['took it, and answers no JSON', reply(200), reply(200, 'Off')],
    ['took it, and answers another form', reply(200), reply(200, { power: 'Off' })],
    ['took it, and answers a word like it', reply(200), is('off')],
    ['took it, and answers an array', reply(200), is(['Off'])],
    [
      'took it, and answers without end',
      reply(200),
      reply(200, `{"power":{"state":"Off","x":"${'x'.repeat(70_000)}"}}`),
    ],
    ['took it, and sends elsewhere', reply(200), (r) => void r.writeHead(302, { location: '/elsewhere' }).end()],
    ["declines, and can't be asked", reply(403), breakOff],
    ['fails, and stays on', reply(503), is('On')],
    ['hangs', hang, hang],
  ])('that %s proves nothing: ambiguous, within the deadline', async (_, turn, status) => {
    const began = performance.now();
    const { result } = await power(turn, status);
    expect(result).toMatchObject({
      state: 'ambiguous',
      says: expect.stringContaining('Not proven that orders-1 is off'),
    });
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('that nobody listens at proves nothing', async () => {
    const world = makeFenceWorld(httpFence('http://127.0.0.1:9'), { deadlineMs: 300 });
    expect(await world.act('fence')).toMatchObject({
      state: 'ambiguous',
      says: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('is not asked to power on while another member cannot be read', async () => {
    const { result, heard } = await power(reply(200), is('On'), 'unfence');
    expect(result).toMatchObject({ state: 'ambiguous', says: expect.stringContaining("orders-2 can't be read") });
    expect(heard).toEqual([]);
  });
});
