import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readControlData } from './control-data.ts';

const said = `Database system identifier:           7301
Database cluster state:               in production
Latest checkpoint location:           0/3000060
Latest checkpoint's REDO location:    0/3000028
Latest checkpoint's TimeLineID:       1
Bytes per WAL segment:                16777216`;

let folder = '';
const timesRead = () => readFileSync(join(folder, 'count'), 'utf8').trim().split('\n').length;
const write = (text: string) => writeFileSync(join(folder, 'global', 'pg_control'), text);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'petrov-control-'));
  mkdirSync(join(folder, 'global'));
  const program = `#!/bin/sh\necho read >> ${join(folder, 'count')}\ncat <<'END'\n${said}\nEND\n`;
  writeFileSync(join(folder, 'pg_controldata'), program, { mode: 0o700 });
  write('one');
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

describe('the control file', () => {
  it('is read again each time while it may still change within a tick of its time', async () => {
    await readControlData(folder, folder);
    expect(await readControlData(folder, folder)).toMatchObject({ systemIdentifier: '7301', timeline: 1 });
    expect(timesRead()).toBe(2);
  });

  it('is known while it rests, and read again as soon as it changed', async () => {
    vi.useFakeTimers({ now: Date.now() + 5_000, toFake: ['Date'] });
    const first = await readControlData(folder, folder);
    expect(await readControlData(folder, folder)).toEqual(first);
    expect(timesRead()).toBe(1);
    const { atime, mtime } = statSync(join(folder, 'global', 'pg_control'));
    write('two');
    utimesSync(join(folder, 'global', 'pg_control'), atime, mtime); // as if within the same tick: it changed all the same
    await readControlData(folder, folder);
    expect(timesRead()).toBe(2);
  });
});
