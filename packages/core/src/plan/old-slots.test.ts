// What goes of the slots that a member had for others: only what was surely for a member that follows somebody else.
import { describe, expect, it } from 'vitest';
import { slotName } from '../cluster/index.ts';
import { findOldSlots, saySlot, type SlotSeen } from './old-slots.ts';

const slot = (name: string, more: Partial<SlotSeen> = {}): SlotSeen => ({
  name,
  kind: 'physical',
  isActive: false,
  keptBytes: 16_777_216,
  ...more,
});
const members = ['orders-1', 'orders-2', 'orders-3', 'Orders-4.b'];
/** orders-1 came back behind orders-2; orders-3 moved over, too. */
const follows = new Map([
  ['orders-1', 'orders-2'],
  ['orders-2', 'orders-2'],
  ['orders-3', 'orders-2'],
]);
const at = (slots: readonly SlotSeen[], more = follows) => findOldSlots('orders-1', slots, { members, follows: more });

describe('the slots of a member that came back', () => {
  it('go where they were for its primary, or for one that follows that one now', () => {
    expect(at([slot('orders_2'), slot('orders_3')])).toEqual({
      drop: ['orders_2', 'orders_3'],
      unclear: [],
      foreign: [],
    });
  });

  it.each<[string, SlotSeen, Map<string, string>]>([
    ['it is in use', slot('orders_3', { isActive: true }), follows],
    ['its member follows this one, though by no slot', slot('orders_3'), new Map([['orders-3', 'orders-1']])],
  ])('stay, and nothing is said, where %s', (_, one, whom) => {
    expect(at([one], whom)).toEqual({ drop: [], unclear: [], foreign: [] });
  });

  it('stay where nobody knows whom their member follows, and that is left open', () => {
    const { drop, unclear } = at([slot('orders_4_b')]);
    expect([drop, unclear]).toEqual([
      [],
      ['orders_4_b holds back 16 MiB of WAL: whom Orders-4.b follows is not known'],
    ]);
  });

  it.each([
    ['of somebody else', slot('barman'), 'barman holds back 16 MiB of WAL'],
    ['that are logical', slot('orders_3', { kind: 'logical' }), 'orders_3 (logical) holds back 16 MiB of WAL'],
    ['named for itself', slot('orders_1', { keptBytes: undefined }), 'orders_1'],
  ])('%s are said and never dropped', (_, one, says) => {
    expect(at([one])).toEqual({ drop: [], unclear: [], foreign: [says] });
  });

  it('are named as Postgres allows it, and told with what they cost', () => {
    expect(slotName('Orders-3.b')).toBe('orders_3_b');
    expect(saySlot(slot('x', { keptBytes: -5 }))).toBe('x holds back 0 B of WAL');
  });
});
