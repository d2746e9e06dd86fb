// The list of probes is the folder; statuses are derived as the manual of detection says.
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { probes } from './index.ts';
import { deriveStatus } from './wal-receiver.ts';
import { heartbeatStatement, write } from './write.ts';

it('every file of the folder is one line of the list', () => {
  const files = readdirSync(import.meta.dirname)
    .filter((file) => !/^index\.ts$|\.test\.ts$/.test(file))
    .map((file) => file.replace(/\.ts$/, ''));
  expect(probes.map(({ probe }) => probe).sort()).toEqual(files.sort());
});

it.each([
  ['streaming', true, 'streaming'],
  ['waiting', true, 'connecting'],
  ['restarting', true, 'connecting'],
  ['starting', true, 'connecting'],
  ['stopping', true, 'stopped'],
  [null, true, 'connecting'],
  [null, false, 'stopped'],
] as const)('a receiver whose row says %s (upstream configured: %s) is %s', (status, hasUpstream, derived) => {
  expect(deriveStatus(status, hasUpstream)).toBe(derived);
});

it('a commit that came with a warning is not ok', () => {
  const warned = {
    rows: [{ beat: '7' }],
    warnings: ['canceling wait for synchronous replication due to user request'],
  };
  expect(write.read(warned, 'remote')).toEqual({
    probe: 'write',
    outcome: 'timeout',
    facts: { commit: 'remote', code: 'not-replicated' },
  });
  expect(write.read({ ...warned, warnings: [] }, 'remote').facts).toEqual({ beat: 7, commit: 'remote' });
});

it('a heartbeat names its witness as a literal', () => {
  expect(heartbeatStatement("w'a", 'local')).toContain("'w''a'");
  expect(heartbeatStatement('w-a', 'remote')).toContain('synchronous_commit TO on;');
});
