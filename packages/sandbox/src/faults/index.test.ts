// A fault is one file and one line in the list.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readFaultArguments } from '../fault/apply.ts';
import { FAULTS } from './index.ts';

test('the list holds each file of the folder', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !name.startsWith('index.'));
  expect(files.map((name) => name.replace('.ts', '')).toSorted()).toEqual(FAULTS.map((fault) => fault.name).toSorted());
});

test('words of a command line become arguments in the order of the fault', () => {
  expect(readFaultArguments('cut', ['mon', 'zone-b', '--from', '--reject'])).toEqual({
    net: 'mon',
    target: 'zone-b',
    direction: 'from',
    reject: true,
  });
  expect(readFaultArguments('freeze', ['orders-1', '--host'])).toEqual({ member: 'orders-1', host: true });
});

test('a word too many names the words that are taken', () => {
  expect(() => readFaultArguments('kill', ['orders-1', 'now'])).toThrow('takes member, not "now"');
});
