// Laws of WAL positions: printed and read back they are the same, their order is total and that of the bytes, not the text.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLsn, isLsnAtLeast, Lsn, lsnBytes, lsnDistanceBytes, maxLsn } from './index.ts';

const bytes = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const lsn = bytes.map(formatLsn);

describe('an LSN', () => {
  it('is read back as it was printed', () => {
    fc.assert(fc.property(bytes, (b) => lsnBytes(Lsn.parse(formatLsn(b))) === b));
  });

  it('is ordered by bytes: 0/9 lies below 0/10, 0/FFFFFFFF below 1/0', () => {
    expect(isLsnAtLeast(Lsn.parse('0/10'), Lsn.parse('0/9'))).toBe(true);
    expect(isLsnAtLeast(Lsn.parse('0/9'), Lsn.parse('0/10'))).toBe(false);
    expect(lsnDistanceBytes(Lsn.parse('0/FFFFFFFF'), Lsn.parse('1/0'))).toBe(1);
  });

  it('has a total order', () => {
    fc.assert(
      fc.property(lsn, lsn, lsn, (a, b, c) => {
        expect(isLsnAtLeast(a, b) || isLsnAtLeast(b, a)).toBe(true);
        if (isLsnAtLeast(a, b) && isLsnAtLeast(b, c)) expect(isLsnAtLeast(a, c)).toBe(true);
        if (isLsnAtLeast(a, b) && isLsnAtLeast(b, a)) expect(lsnBytes(a)).toBe(lsnBytes(b));
      }),
    );
  });

  it('has a distance that is the same both ways but for its sign', () => {
    fc.assert(fc.property(lsn, lsn, (a, b) => lsnDistanceBytes(a, b) === -lsnDistanceBytes(b, a) || a === b));
  });

  it('is the later of two, and an unknown one never wins', () => {
    fc.assert(
      fc.property(fc.option(lsn, { nil: undefined }), fc.option(lsn, { nil: undefined }), (a, b) => {
        const later = maxLsn(a, b);
        const known = [a, b].filter((x) => x !== undefined).map(lsnBytes);
        const top = known.reduce<bigint | undefined>((m, x) => (m === undefined || x > m ? x : m), undefined);
        expect(later === undefined ? undefined : lsnBytes(later)).toBe(top);
      }),
    );
  });

  it.each(['', '0', '0/', '/0', '0/G', '0/123456789', 'x0/0', '0/0 '])('isn’t %j', (text) => {
    expect(Lsn.safeParse(text).success).toBe(false);
  });
});
