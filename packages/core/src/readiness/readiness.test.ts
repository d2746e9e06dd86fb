// All checks together: on a set that is ready, and where something could not be read, which is never taken as good.
import { readyFacts, unreadOf } from '@petrov/sim/cases';
import { describe, expect, it } from 'vitest';
import { CHECKS, checkReadiness, type ReadinessFacts, sayReadiness } from './index.ts';

const of = (id: string, facts: ReadinessFacts) => {
  const found = checkReadiness(facts).find((check) => check.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
};
describe('a set that is ready', () => {
  it('passes every check, each with a sentence and nothing to do', () => {
    const checks = checkReadiness(readyFacts());
    expect(checks.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(checks.every(({ says, toDo }) => says.endsWith('.') && toDo === undefined)).toBe(true);
    expect(sayReadiness(checks)).toBe('Nothing stands in the way of a failover.');
  });
});

describe('what could not be read', () => {
  it('is never taken as good', () => {
    const ofServers = CHECKS.map(({ id }) => id).filter(
      (id) =>
        !['candidate', 'fence', 'start-gate', 'agent-verbs', 'logins', 'unlogged-tables', 'heartbeats'].includes(id),
    );
    const facts = readyFacts({}, { members: ['orders-1', 'orders-2', 'orders-3'].map(unreadOf) });
    expect(ofServers.map((id) => [id, of(id, facts).state])).toEqual(ofServers.map((id) => [id, 'unknown']));
    const checks = checkReadiness(readyFacts({}, { primary: undefined }));
    expect(checks.find(({ id }) => id === 'rewind')?.says).toMatch(/isn’t known/);
    expect(sayReadiness(checks)).toMatch(
      /^Nothing that was looked at stands in the way of a failover; .* not known\.$/,
    );
  });

  it('is said beside what fails', () => {
    const facts = readyFacts({ 'orders-2': { isReplayPaused: true } }, { proofs: { ok: true, value: [] } });
    expect(sayReadiness(checkReadiness(facts))).toBe(
      `A failover would not go well: 1 of ${CHECKS.length} checks fails; 1 is not known.`,
    );
  });
});
