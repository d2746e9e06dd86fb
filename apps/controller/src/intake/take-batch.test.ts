// What a source may make the controller believe: only what it signed, in its order, about what is its own to tell, and as
// old as it is.
import type { Observation } from '@petrov/core/observation';
import { ControllerConfig } from '@petrov/core/wire';
import { createSigner, generateKeyPair } from '@petrov/runtime/signing';
import { expect, it } from 'vitest';
import { listSources, type Source } from './sources.ts';
import { createBatchTaker } from './take-batch.ts';

const keys = { 'w-a': generateKeyPair(), 'agent:orders-1': generateKeyPair(), 'canary:orders': generateKeyPair() };
type Name = keyof typeof keys;
const member = (id: string, role: string, agent?: { publicKey: string }) => ({
  id,
  zone: id,
  role,
  endpoint: { host: '/nowhere', user: 'petrov' },
  replicationHost: id,
  ...(agent ? { agent } : {}),
});
const config = ControllerConfig.parse({
  version: 1,
  engineKey: 'env:KEY',
  witnesses: [{ id: 'w-a', zone: 'a', publicKey: keys['w-a'].publicKey }],
  canaries: [{ id: 'orders', publicKey: keys['canary:orders'].publicKey }],
  clusters: [
    {
      id: 'orders',
      members: [
        member('orders-1', 'primary', { publicKey: keys['agent:orders-1'].publicKey }),
        member('orders-2', 'standby'),
      ],
    },
  ],
});
const sources = listSources(config);
const source = (id: Name) => sources.get(id) as Source;
const taker = () => createBatchTaker(new Map([['orders', new Set(['orders-1', 'orders-2'])]]));

const tcp = (by: string, rest: Record<string, unknown> = {}) => ({
  by,
  cluster: 'orders',
  member: 'orders-1',
  probe: 'tcp',
  outcome: 'ok',
  ageMs: 100,
  ...rest,
});
const host = (by: string, of: string) => ({ ...tcp(by), member: of, probe: 'host', facts: { postgres: 'running' } });
const batch = (name: Name, rest: Record<string, unknown> = {}, signer: Name = name) => {
  const text = JSON.stringify({
    v: 1,
    source: name,
    bootId: 'b-1',
    seq: 1,
    sentMonotonicMs: 5_000,
    observations: [tcp(name)],
    ...rest,
  });
  return { batch: text, signature: createSigner(keys[signer].privateKeyPem).sign(text) };
};
const at = (monotonicMs: number) => ({ nowMs: 1_000_000 + monotonicMs, monotonicMs });

it('believes a batch that its source signed; arrival minus age is its time', () => {
  const taken = taker()(source('w-a'), batch('w-a'), at(50));
  expect(taken).toMatchObject({ ok: true, refused: [], missed: 0 });
  expect(taken.ok && taken.observations).toMatchObject([{ by: 'w-a', probe: 'tcp', atMs: 1_000_050 - 100 }]);
});

it('refuses a batch of another key, a changed one, one without form, one in another name', () => {
  const take = taker();
  expect(take(source('w-a'), batch('w-a', {}, 'canary:orders'), at(0))).toMatchObject({ ok: false, why: 'signature' });
  const { batch: text, signature } = batch('w-a');
  expect(take(source('w-a'), { batch: text.replace('ok', 'no'), signature }, at(0))).toMatchObject({
    why: 'signature',
  });
  expect(take(source('w-a'), batch('w-a', { v: 2 }), at(0))).toMatchObject({ ok: false, why: 'form' });
  expect(take(source('w-a'), batch('w-a', { source: 'w-b' }), at(0))).toMatchObject({ ok: false, why: 'source' });
});

it('takes a sequence once and in order within one start of its source', () => {
  const take = taker();
  const seq = (n: number, bootId = 'b-1') => take(source('w-a'), batch('w-a', { seq: n, bootId }), at(n));
  expect(seq(1).ok).toBe(true);
  expect(seq(1)).toMatchObject({ ok: false, why: 'sequence' });
  expect(seq(4)).toMatchObject({ ok: true, missed: 2 });
  expect(seq(3)).toMatchObject({ ok: false, why: 'sequence' });
  expect(seq(1, 'b-2').ok).toBe(true);
});

it('lets nobody go back to an earlier start: its batches were all seen or are gone', () => {
  const take = taker();
  const first = batch('w-a', { bootId: 'b-1', seq: 7 });
  expect(take(source('w-a'), first, at(0)).ok).toBe(true);
  expect(take(source('w-a'), batch('w-a', { bootId: 'b-2', seq: 1 }), at(1)).ok).toBe(true);
  expect(take(source('w-a'), first, at(2))).toMatchObject({ ok: false, why: 'sequence' });
});

it.each<[string, Name, Record<string, unknown>, string]>([
  ['in the name of another', 'w-a', tcp('agent:orders-1'), 'it speaks for agent:orders-1'],
  ['a host as a witness', 'w-a', host('w-a', 'orders-1'), 'a witness has no host probe'],
  ['reach as a canary', 'canary:orders', tcp('canary:orders'), 'a canary has no tcp probe'],
  ['another host as an agent', 'agent:orders-1', host('agent:orders-1', 'orders-2'), 'it speaks of orders-2'],
  [
    'a standby’s stream as an agent',
    'agent:orders-1',
    { ...host('agent:orders-1', 'orders-1'), probe: 'wal-receiver', facts: { status: 'connecting' } },
    'an agent has no wal-receiver probe',
  ],
  ['an unknown cluster', 'w-a', tcp('w-a', { cluster: 'pay' }), 'it speaks of the unknown cluster pay'],
  ['an unknown member', 'w-a', tcp('w-a', { member: 'orders-9' }), 'it speaks of the unknown member orders-9'],
])('drops a sighting that speaks of %s, and keeps the rest', (_name, name, sighting, why) => {
  const good = { ...tcp(name), probe: 'self', facts: {}, member: undefined };
  const taken = taker()(source(name), batch(name, { observations: [sighting, good] }), at(0));
  expect(taken).toMatchObject({ ok: true, refused: [why] });
  expect(taken.ok && taken.observations).toHaveLength(1);
});

it('adds what the way took beyond the fastest of ten minutes', () => {
  const take = taker();
  const atOf = (seq: number, sentMs: number, receivedMs: number) => {
    const taken = take(source('w-a'), batch('w-a', { seq, sentMonotonicMs: sentMs }), at(receivedMs));
    const [first] = taken.ok ? taken.observations : [];
    return (first as Observation).atMs - 1_000_000;
  };
  expect(atOf(1, 5_000, 50)).toBe(50 - 100);
  expect(atOf(2, 6_000, 1_050)).toBe(1_050 - 100);
  // Sent a second later, 4 s under way: it tells of the time it was sent.
  expect(atOf(3, 7_000, 6_050)).toBe(6_050 - 4_000 - 100);
  // The fastest of before is forgotten after ten minutes.
  expect(atOf(4, 611_000, 610_050)).toBe(610_050 - 100);
});
