// What holds up replay at the candidate is said before anybody agrees, of a failover and of a switchover.
import { caseOf, T, tell } from '@petrov/sim/cases';
import { describe, expect, it } from 'vitest';
import type { ObservationOf } from '../observation/index.ts';
import { buildPlan, buildSwitchover, type Request } from './index.ts';

type Told = NonNullable<ObservationOf<'wal-receiver'>['facts']>;

function consequencesOf(kind: 'failover' | 'switchover', more: Told): string {
  const still = { status: 'connecting', stillSinceS: 20 } as const;
  const well = { host: 'running', peers: 'ok' } as const;
  const out = { reads: 'refused', host: 'absent', peers: 'refused', standbys: { 'orders-2': still } } as const;
  const isFailover = kind === 'failover';
  const seen = [...tell([0, 20], well), ...tell([20, 30], isFailover ? out : well)].map((o) =>
    o.probe === 'wal-receiver' && o.member === 'orders-2' ? { ...o, facts: { ...o.facts, ...more } } : o,
  );
  const given = caseOf(seen, { nowS: 29, ...(isFailover ? { suspectedSinceMs: T + 20_000 } : {}) });
  const by = { kind: 'person', id: 'ada', name: 'Ada' } as const;
  const request: Request = { kind: 'switchover', member: 'orders-2', how: 'rewind', by, reason: 'patching.', atMs: T };
  const made = isFailover ? buildPlan(given, 1) : buildSwitchover(given, 1, { request });
  if (!made.ok) throw new Error(made.because);
  expect(made.plan.candidate).toBe('orders-2');
  return made.plan.consequences.join(' ');
}

describe.each(['failover', 'switchover'] as const)('replay at the candidate of a %s', (kind) => {
  it('that waits for sessions names them, how long they have run and how to end them', () => {
    const one = { pid: 4711, user: 'report', forMs: 151_000 };
    expect(consequencesOf(kind, { heldUpBy: [one] })).toContain(
      'Replay at orders-2 waits for pid 4711 (report, for 2:31 min): the promotion hangs until it ends',
    );
    const two = consequencesOf(kind, { heldUpBy: [one, { pid: 4712, user: null, forMs: 1_000 }] });
    expect(two).toContain('pid 4712 (unknown, for 1.0 s): the promotion hangs until they end');
    expect(two).toContain('SELECT pg_terminate_backend(4711), pg_terminate_backend(4712) there');
  });

  it('that is paused is said with what has still to be applied', () => {
    expect(consequencesOf(kind, { replayPaused: true })).toMatch(/paused at orders-2: the promotion ends the pause/);
    expect(consequencesOf(kind, { replayPaused: false })).not.toContain('eplay');
  });
});
