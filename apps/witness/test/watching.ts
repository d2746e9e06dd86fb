// For the tests: watches one member and collects what it's told.
import type { Sighting } from '@petrov/core/observation';
import { systemClock } from '@petrov/runtime/clock';
import type { Target } from '@petrov/runtime/postgres';
import type { MemberNames, Role } from '../src/probe.ts';
import { MemberWatch } from '../src/schedule/member-watch.ts';
import { Teller } from '../src/schedule/teller.ts';

export const heartbeatTable = 'CREATE TABLE heartbeat(witness text PRIMARY KEY, beat bigint, at timestamptz)';
const nobody: MemberNames = { byAddress: () => undefined, byApplicationName: () => undefined };

export function watchMember(target: Target, role: Role, names: MemberNames = nobody) {
  const seen: Sighting[] = [];
  const waiting = new Set<() => void>();
  const member = { cluster: 'orders', id: 'orders-1', role, target };
  const teller = new Teller({
    source: 'w-a',
    member,
    clock: systemClock,
    nonce: () => undefined,
    onSighting: (sighting) => {
      seen.push(sighting);
      for (const check of waiting) check();
    },
  });
  let lost = 0;
  const watch = new MemberWatch(member, names, teller, () => {
    lost += 1;
  });
  /** The next sighting of the probe that comes after this call. */
  async function next<P extends Sighting['probe']>(
    probe: P,
    withinMs = 8_000,
  ): Promise<Extract<Sighting, { probe: P }>> {
    const from = seen.length;
    const { promise, resolve, reject } = Promise.withResolvers<Extract<Sighting, { probe: P }>>();
    const isWanted = (one: Sighting): one is Extract<Sighting, { probe: P }> => one.probe === probe;
    const check = () => {
      const found = seen.slice(from).find(isWanted);
      if (found) resolve(found);
    };
    waiting.add(check);
    const timer = setTimeout(() => reject(new Error(`no ${probe} within ${withinMs} ms`)), withinMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      waiting.delete(check);
    }
  }
  /** One round, and the answers to the probes named. */
  async function round<P extends Sighting['probe']>(...probes: readonly P[]): Promise<Record<string, Sighting>> {
    const answers = probes.map(async (probe) => [probe, await next(probe)] as const);
    watch.look(true);
    return Object.fromEntries(await Promise.all(answers));
  }
  return { watch, seen, next, round, lost: () => lost, end: () => watch.end() };
}
