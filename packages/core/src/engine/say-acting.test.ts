// What is said of a step that runs, by what its agent tells: how far it is, or how long it has told nothing.
import { describe, expect, it } from 'vitest';
import type { HostMemory } from '../observation/index.ts';
import type { Step } from '../plan/index.ts';
import { sayActing } from './say-acting.ts';

const step = (verb: Step['verb']) => ({ verb, member: 'orders-1' }) as Step;
const host = (acting: HostMemory['facts']['acting']) =>
  ({ atMs: 1_000, facts: { postgres: 'absent', ...(acting === undefined ? {} : { acting }) } }) as HostMemory;
const copying = { verb: 'clone', forMs: 720_000, doneBytes: 3 * 1024 ** 3, totalBytes: 12 * 1024 ** 3 };

describe('a step that runs', () => {
  it.each([
    ['with its bytes', step('clone'), host(copying), 'is at it for 12:00 min, 3 GiB of 12 GiB copied (25 %).'],
    ['without', step('rewind'), host({ verb: 'rewind', forMs: 2_000 }), 'is at it for 2.0 s.'],
    ['of another verb', step('rewind'), host(copying), undefined],
    ['of what is over in seconds', step('fence'), host({ verb: 'fence', forMs: 2_000 }), undefined],
    ['told by nobody', step('clone'), undefined, undefined],
  ])('is said %s', (_, of, told, says) => {
    expect(sayActing(of, told, 2_000)).toBe(says && `The agent on orders-1 ${says}`);
  });

  it('says since when its agent is silent', () => {
    expect(sayActing(step('clone'), host(copying), 21_000)).toBe('The agent on orders-1 has not been heard for 20 s.');
  });
});
