// What a configuration of fences must not hold: open lines, secrets in the clear, places that aren't checked names.
import { describe, expect, it } from 'vitest';
import { FenceConfigs, type HttpFence } from './fences.ts';

const http = (more: Record<string, unknown> = {}) => ({
  method: 'http',
  off: { url: 'https://bmc.example/{{name}}/power', body: '{"on":false}' },
  status: { url: 'https://bmc.example/{{name}}', pointer: '/on', off: false, on: true },
  ...more,
});

describe('the configuration of fences', () => {
  it('is the agent alone by default', () => {
    expect(FenceConfigs.parse(undefined)).toEqual([{ method: 'agent' }]);
  });

  it('takes each way in the order given', () => {
    const parsed = FenceConfigs.parse([{ method: 'agent' }, http(), { method: 'command', off: ['/usr/bin/fence'] }]);
    expect(parsed.map(({ method }) => method)).toEqual(['agent', 'http', 'command']);
    expect((parsed[1] as HttpFence).off.statuses).toContain(202);
  });

  it.each<[string, unknown, RegExp]>([
    ['an open line', http({ off: { url: 'http://bmc.example/off' } }), /https/],
    ['a name like localhost', http({ off: { url: 'http://localhost.example/off' } }), /https/],
    [
      'a password in the URL',
      http({ off: { url: 'https://root:calvin@bmc.example/off' } }),
      /without user and password/,
    ],
    ['a place that is no name', http({ off: { url: 'https://bmc.example/{{id}}' } }), /only \{\{cluster}}/],
    ['a secret in the clear', http({ headers: { Authorization: 'Bearer abc' } }), /looks like a secret/],
    ['a machine whose name needs quoting', http({ names: { 'orders-1': 'a"b' } }), /letters, digits/],
    ['a line of shell', { method: 'command', off: 'fence.sh orders-1' }, /expected array/i],
    ['a lease that is not waited for', { method: 'lease', afterMs: 20_000, withinMs: 25_000 }, /afterMs \+ marginMs/],
    ['a key that nobody knows', { method: 'agent', url: 'x' }, /unrecognized/i],
  ])('refuses %s', (_, settings, says) => {
    const parsed = FenceConfigs.safeParse([settings]);
    expect(parsed.success ? '' : parsed.error.message).toMatch(says);
  });

  it('takes each method once, and http:// to this very host', () => {
    expect(FenceConfigs.safeParse([{ method: 'agent' }, { method: 'agent' }]).success).toBe(false);
    expect(FenceConfigs.safeParse([http({ off: { url: 'http://127.0.0.1:8080/off' } })]).success).toBe(true);
  });
});
