// The clever count beside a dumb one, and the laws: more voices never lose a quorum, one zone never has one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WitnessIdentity } from '../cluster/index.ts';
import { countQuorum } from './index.ts';

const fleet = fc
  .array(fc.record({ zone: fc.constantFrom('a', 'b', 'c'), agrees: fc.boolean() }), { maxLength: 9 })
  .map((all) => all.map((w, i) => ({ ...w, id: `w-${i}` })));
const split = (all: readonly (WitnessIdentity & { agrees: boolean })[]) =>
  [all, new Set(all.filter((w) => w.agrees).map((w) => w.id))] as const;

/** By trying: is there a majority of all, and do two of it stand apart? */
function dumbQuorum(all: readonly WitnessIdentity[], agreeing: ReadonlySet<string>): boolean {
  const voices = all.filter((w) => agreeing.has(w.id));
  const others = all.length - voices.length;
  return voices.length > others && voices.some((v) => voices.some((w) => w.zone !== v.zone));
}

describe('a quorum', () => {
  it('agrees with a dumb count', () => {
    fc.assert(
      fc.property(fleet, (all) => {
        const [configured, agreeing] = split(all);
        expect(countQuorum(configured, agreeing).isQuorum).toBe(dumbQuorum(configured, agreeing));
      }),
    );
  });

  it('isn’t lost by one more voice', () => {
    fc.assert(
      fc.property(fleet, fc.nat(8), (all, index) => {
        const [configured, agreeing] = split(all);
        const one = configured[index];
        if (!countQuorum(configured, agreeing).isQuorum || one === undefined) return;
        expect(countQuorum(configured, new Set([...agreeing, one.id])).isQuorum).toBe(true);
      }),
    );
  });

  it('counts the silent in the denominator and no stranger', () => {
    const three = ['a', 'b', 'c'].map((zone) => ({ id: `w-${zone}`, zone }));
    expect(countQuorum(three, new Set(['w-a'])).isQuorum).toBe(false);
    expect(countQuorum(three, new Set(['w-a', 'stranger', 'another']))).toMatchObject({ isQuorum: false, agreeing: 1 });
    expect(countQuorum(three, new Set(['w-a', 'w-b']))).toMatchObject({ isQuorum: true, needed: 2, zones: 2 });
  });

  it('is never of one place, however many stand there, and never of one witness', () => {
    const crowd = Array.from({ length: 7 }, (_, i) => ({ id: `w-${i}`, zone: 'a' }));
    expect(countQuorum(crowd, new Set(crowd.map((w) => w.id))).isQuorum).toBe(false);
    expect(countQuorum(crowd.slice(0, 1), new Set(['w-0'])).isQuorum).toBe(false);
    expect(countQuorum([], new Set()).isQuorum).toBe(false);
  });
});
