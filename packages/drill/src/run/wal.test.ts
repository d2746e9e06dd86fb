import { expect, test } from 'vitest';
import { parseEnd, parseSwitchPoint } from './wal.ts';

test('the switch point is the line of the timeline that ended', () => {
  expect(parseSwitchPoint('1\t0/3014A28\tno recovery target specified\n', 1)).toBe('0/3014A28');
  expect(parseSwitchPoint('', 1)).toBeUndefined();
});

test('the end of the WAL is where no valid record follows', () => {
  const dumped = `rmgr: Heap len (rec/tot): 54/54, tx: 736, lsn: 0/03014A28, prev 0/030149F0, desc: INSERT
rmgr: Transaction len (rec/tot): 34/34, tx: 736, lsn: 0/03014A60, prev 0/03014A28, desc: COMMIT
pg_waldump: error: error in WAL record at 0/3014A60: invalid record length at 0/3014A88: wanted 24, got 0`;
  expect(parseEnd(dumped)).toBe('0/3014A88');
  expect(parseEnd('pg_waldump: error: could not find a valid record after 0/3014A28')).toBeUndefined();
});
