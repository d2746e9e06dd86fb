// A check that can't be told isn't green: what is lost without exactly one primary, and an old primary that didn't start for
// some reason or other.
import type { MemberStatus } from '@petrov/sandbox';
import { describe, expect, it } from 'vitest';
import { checkLost, checkOldPrimary, isWithinQuote } from './promotion.ts';

const member = (id: string, role: MemberStatus['role']): MemberStatus => ({
  cluster: 'orders',
  id,
  zone: 'a',
  postgres: 'running',
  role,
  lsn: null,
  timeline: 1,
  receiving: null,
  upstream: null,
  says: null,
});
const losses = (lost: readonly number[] | undefined, roles: readonly MemberStatus['role'][]) => ({
  lost,
  isSync: false,
  status: { members: roles.map((role, nth) => member(`orders-${nth + 1}`, role)) },
});

describe('what is lost', () => {
  it.each([
    [['primary', 'primary', 'standby'], /can't be told.*orders-1 and orders-2 are out of recovery/],
    [['standby', 'standby', 'standby'], /can't be told.*nobody is out of recovery/],
  ] as const)('can not be told of %j', (roles, says) => {
    const facts = losses(undefined, roles);
    expect(checkLost(facts)).toMatchObject({ ok: false, says: expect.stringMatching(says) });
    expect(isWithinQuote(facts)).toBe(false);
  });

  it('is told of one primary', () => {
    expect(checkLost(losses([], ['standby', 'primary', 'standby']))).toMatchObject({ ok: true });
    expect(checkLost(losses([7], ['standby', 'primary', 'standby']))).toMatchObject({ ok: false });
  });
});

describe('an old primary that was started by hand', () => {
  const started = (role: string, more: { isGateRefusing?: boolean; staysDown?: boolean } = {}) =>
    checkOldPrimary({
      primary: 'orders-1',
      oldPrimary: { role, isGateRefusing: more.isGateRefusing ?? false, says: role },
      scenario: more.staysDown === undefined ? {} : { staysDown: more.staysDown },
    }).ok;

  it('is up and read-only', () => {
    expect(started('standby')).toBe(true);
    expect(started('primary')).toBe(false);
    expect(started('stopped')).toBe(false);
    expect(started('stopped', { isGateRefusing: true })).toBe(false);
  });

  it('is down by the word of its gate where it must be', () => {
    expect(started('stopped', { staysDown: true, isGateRefusing: true })).toBe(true);
    expect(started('stopped', { staysDown: true })).toBe(false);
    expect(started('standby', { staysDown: true })).toBe(false);
  });
});
