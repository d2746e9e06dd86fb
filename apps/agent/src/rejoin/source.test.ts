// What a rewind or a clone is made of: the primary on the planned timeline, or nothing is done. By a psql that says so.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentConfig } from '@petrov/core/wire';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkSource, waitForSource } from './source.ts';

/** A psql that shows these timelines (in recovery|control file|WAL), others once a CHECKPOINT was asked for. */
function fakePsql(before: string, after: string): { config: AgentConfig; asked: () => string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'petrov-source-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const script = `#!/bin/sh
case "$*" in *CHECKPOINT) echo CHECKPOINT >>${folder}/asked; exit ${before === after ? 1 : 0};; esac
echo timelines >>${folder}/asked
grep -q CHECKPOINT ${folder}/asked && echo '${after}' || echo '${before}'
`;
  writeFileSync(join(folder, 'psql'), script, { mode: 0o755 });
  const config = { binDirectory: folder, dataDirectory: folder } as AgentConfig; // all that's read of it
  return { config, asked: () => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n') };
}

describe('a source that was promoted a moment ago', () => {
  const source = { conninfo: 'host=h', upstream: 'orders-2' };
  it.each([
    { what: 'shows its timeline: it is used as it is', shows: ['0|2|2', '0|2|2'], asks: ['timelines'], timeline: 2 },
    {
      what: 'makes a checkpoint first',
      shows: ['0|1|2', '0|2|2'],
      asks: ['timelines', 'CHECKPOINT', 'timelines'],
      timeline: 2,
    },
  ])('$what', async ({ shows: [before = '', after = ''], asks, timeline }) => {
    const { config, asked } = fakePsql(before, after);
    expect(await waitForSource(config, source, { timeline, leftMs: () => 30_000 })).toEqual({ ok: true, timeline });
    expect(asked()).toEqual(asks);
  });
  it('may not be asked for one: it is waited for, and said what to do', async () => {
    const { config, asked } = fakePsql('0|1|2', '0|1|2');
    const lefts = [30_000, 30_000, 30_000, 200, 200];
    const waited = await waitForSource(config, source, { timeline: 2, leftMs: () => lefts.shift() ?? 200 });
    expect(waited).toEqual({
      ok: false,
      why: expect.stringMatching(/shows timeline 1, not 2: run CHECKPOINT on orders-2/),
    });
    expect(asked().filter((what) => what === 'CHECKPOINT')).toHaveLength(1);
  });
});

describe('a source that is not what the plan says', () => {
  const source = { conninfo: 'host=h', upstream: 'orders-2' };
  it.each([
    { what: 'in recovery', shows: '1|2|0', why: 'orders-2 is in recovery: it is not the primary' },
    { what: 'on a later timeline', shows: '0|3|3', why: 'orders-2 is on timeline 3, planned was 2' },
    { what: 'on an earlier one', shows: '0|1|1', why: 'orders-2 is on timeline 1, planned was 2' },
    { what: 'nothing that can be read', shows: '', why: 'orders-2 does not tell what it is' },
  ])('but $what is refused, and asked for nothing', async ({ shows, why }) => {
    for (const check of [waitForSource, checkSource]) {
      const { config, asked } = fakePsql(shows, shows);
      expect(await check(config, source, { timeline: 2, leftMs: () => 30_000 })).toEqual({ ok: false, why });
      expect(asked()).toEqual(['timelines']);
    }
  });
});
