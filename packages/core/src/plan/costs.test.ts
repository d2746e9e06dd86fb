// What a promotion costs is said by what the old primary told last, with its age; what it didn't have isn't mentioned, and what
// nobody knows is said to be unknown.
import { caseOf, T, tell } from '@petrov/sim/cases';
import { describe, expect, it } from 'vitest';
import type { Inventory } from '../observation/index.ts';
import { buildPlan } from './index.ts';

const bare: Inventory = { logicalSlots: [], preparedTransactions: 0, rewind: 'possible', archive: 'off' };

function consequencesOf(inventory: Inventory | undefined, archives?: boolean): string {
  const still = { status: 'connecting', stillSinceS: 20 } as const;
  const standbys = { 'orders-2': still, 'orders-3': still };
  const seen = [...tell([0, 20], {}), ...tell([20, 40], { reads: 'refused', host: 'absent', standbys })].map((o) =>
    o.probe === 'wal-senders' && inventory !== undefined
      ? { ...o, facts: { ...o.facts, inventory } }
      : o.probe === 'wal-receiver' && archives !== undefined
        ? { ...o, facts: { ...o.facts, archives } }
        : o,
  );
  const made = buildPlan(caseOf(seen, { nowS: 39, suspectedSinceMs: T + 20_000 }), 1);
  if (!made.ok) throw new Error(made.because);
  return made.plan.consequences.join('\n');
}

describe('the costs of a promotion', () => {
  it('are named where there are any, as of when they were told', () => {
    const says = consequencesOf(
      { logicalSlots: ['cdc', 'reports'], preparedTransactions: 2, rewind: 'no-hints', archive: 'failing' },
      false,
    );
    expect(says).toContain('slots of orders-1 are not carried over: cdc and reports (told 20 s before).');
    expect(says).toMatch(/2 prepared transactions of orders-1: .* at orders-2, .*\(told 20 s before\)\./);
    expect(says).toContain('Archiving fails at orders-1');
    expect(says).toContain('orders-2 archives nothing: the WAL archive ends at the promotion (told 20 s before).');
    expect(says).toContain('brought back as a fresh copy: it has neither data checksums nor wal_log_hints');
  });

  it('are not mentioned where there are none', () => {
    const says = consequencesOf(bare);
    expect(says).not.toMatch(/[Ss]lots|prepared|rchiv|not known/);
    expect(says).toContain('orders-1 stays down until it is brought back as a standby: pg_rewind is possible.');
    expect(consequencesOf({ ...bare, archive: 'on' }, true)).not.toContain('rchiv');
  });

  it('are said to be unknown where nobody told of them', () => {
    const says = consequencesOf(undefined);
    expect(says).toContain('Not known of orders-1, which told nothing of it: logical replication slots');
    expect(says).toContain('whether pg_rewind is possible is not known');
    expect(consequencesOf({ ...bare, archive: 'on' })).toContain('Whether orders-2 archives its WAL is not known');
    const off = consequencesOf({ ...bare, rewind: 'no-full-page-writes' });
    expect(off).toContain('full_page_writes is off there, so pg_rewind is not possible');
  });
});
