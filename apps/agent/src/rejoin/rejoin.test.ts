// The pure parts of coming back as a standby: where WAL ends, what Postgres's programs and its log say, what is written.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lsn } from '@petrov/core/cluster';
import { AgentVerb, type SyncNames } from '@petrov/core/wire';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decideGate, type GateQuestion } from '../gate.ts';
import { putBackConfiguration, saveConfiguration, setInText } from '../postgres/configuration.ts';
import { findComplaints } from '../postgres/server-log.ts';
import type { ControlData } from '../postgres/control-data.ts';
import { formatSyncNames, parseSyncNames } from '../postgres/sync-names.ts';
import { findWalEnd, parseFork } from '../postgres/timelines.ts';
import { parseEnd, recordEnd } from '../postgres/wal.ts';
import { parseRehearsal } from './pg-rewind.ts';
import { finishSwap } from './swap.ts';

const SEGMENT = 0x1000000;

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'petrov-rejoin-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('the end of a WAL record', () => {
  it.each([
    ['within a page, aligned to 8', '0/3000028', 114, '0/30000A0'],
    ['at the end of its page', '0/3001F90', 112, '0/3002000'],
    ['beyond it, after the next header', '0/3001F90', 114, '0/3002020'],
    ['beyond its segment, after the longer header', '0/3FFFFF8', 16, '0/4000030'],
    ['over several pages', '0/3000028', 3 * 8_192, '0/3006070'],
  ])('%s', (_where, start, length, end) => {
    expect(recordEnd(Lsn.parse(start), length, SEGMENT)).toBe(end);
  });
});

describe('the timeline that a stopped server’s own WAL ends on', () => {
  const segment = (timeline: number, number: number) =>
    [timeline, 0, number].map((n) => String(n).padStart(8, '0')).join('');
  const control: ControlData = {
    systemIdentifier: '7',
    state: 'in production',
    timeline: 1,
    checkpoint: Lsn.parse('0/3000148'),
    redo: Lsn.parse('0/3000110'),
    segmentBytes: SEGMENT,
  };
  const end = (segments: string[], histories: Record<string, string> = {}) => {
    const folder = newFolder();
    mkdirSync(join(folder, 'pg_wal'));
    for (const name of segments) writeFileSync(join(folder, 'pg_wal', name), '');
    for (const [name, text] of Object.entries(histories))
      writeFileSync(join(folder, 'pg_wal', `${name}.history`), text);
    return findWalEnd(folder, control);
  };
  const second = '1\t0/5000060\tno recovery target specified\n';
  const third = `${second}2\t0/6000060\tno recovery target specified\n`;
  it.each<[string, string[], Record<string, string>, { timeline: number; from: string }]>([
    ['that of its checkpoint', [segment(1, 3), segment(1, 4)], {}, { timeline: 1, from: '0/3000110' }],
    [
      'a later one, read from where its segments begin',
      [segment(1, 3), segment(1, 5), segment(2, 6), segment(2, 5)],
      { '00000002': second },
      { timeline: 2, from: '0/5000000' },
    ],
    ['read from its checkpoint', [segment(2, 3)], { '00000002': second }, { timeline: 2, from: '0/3000110' }],
    [
      'the newest of several',
      [segment(1, 3), segment(2, 5), segment(3, 6)],
      { '00000002': second, '00000003': third },
      { timeline: 3, from: '0/6000000' },
    ],
    [
      'not one that left it before its checkpoint',
      [segment(1, 3), segment(2, 3)],
      { '00000002': '1\t0/3000060\tno recovery target specified\n' },
      { timeline: 1, from: '0/3000110' },
    ],
    ['nor one without a history', [segment(1, 3), segment(2, 3)], {}, { timeline: 1, from: '0/3000110' }],
  ])('is %s', (_what, segments, histories, expected) => {
    expect(end(segments, histories)).toEqual(expected);
  });
});

describe('what is read from words', () => {
  it('of pg_waldump at the end of the WAL', () => {
    const said = 'pg_waldump: error: error in WAL record at 0/3000028: ';
    expect(parseEnd(`${said}invalid record length at 0/30000A0: wanted 24, got 0`)).toEqual({ end: '0/30000A0' });
    expect(parseEnd(`${said}invalid magic number 0000 in log segment 000000010000000000000003, offset 0`)).toBe(
      '0/3000028',
    );
    expect(parseEnd('pg_waldump: error: could not find a valid record after 0/3000000')).toBe(undefined);
  });
  it('of a rehearsed pg_rewind', () => {
    const said = (line: string) => parseRehearsal(['pg_rewind: connected to server', `pg_rewind: ${line}`]);
    expect(said('servers diverged at WAL location 0/3015728 on timeline 1')).toEqual({
      is: 'needed',
      divergedFrom: '0/3015728',
    });
    expect(said('no rewind required')).toEqual({ is: 'not-needed' });
    expect(said('something new')).toMatchObject({ is: 'impossible' });
  });
  it('of a timeline history', () => {
    const history = ['1\t0/3000148\tno recovery target specified', '2\t0/5000060\tno recovery target specified'];
    expect([1, 2, 3].map((timeline) => parseFork(history, timeline))).toEqual(['0/3000148', '0/5000060', undefined]);
  });
  it('of the server’s log: a fork outweighs what came after it', () => {
    const log = `2026-01-01 [7] LOG:  new timeline 2 forked off current database system timeline 1 before current recovery point 0/4000A0
2026-01-01 [7] LOG:  waiting for WAL to become available at 0/4000A0
2026-01-01 [9] FATAL:  could not connect to the primary server: refused`;
    expect(findComplaints(log)).toEqual([
      'FATAL: could not connect to the primary server: refused',
      'LOG: new timeline 2 forked off current database system timeline 1 before current recovery point 0/4000A0',
    ]);
  });
});

describe('configuration in a data directory', () => {
  it('a setting takes the place of each earlier one of that name, quoted as the server reads it', () => {
    const text = "# comment\nprimary_conninfo = 'a'\nprimary_slot_name = 's'\nPRIMARY_CONNINFO='b'\n";
    expect(setInText(text, { primary_conninfo: "host='h' p=\\" })).toBe(
      "# comment\nprimary_slot_name = 's'\nprimary_conninfo = 'host=''h'' p=\\\\'\n",
    );
  });
  it('comes back as it was, and nothing of another member stays', () => {
    const [data, kept] = [newFolder(), newFolder()];
    mkdirSync(join(data, 'conf.d'));
    writeFileSync(join(data, 'postgresql.conf'), 'mine');
    writeFileSync(join(data, 'conf.d', 'mine.conf'), 'x');
    expect(saveConfiguration(data, kept)).toBe(5);
    writeFileSync(join(data, 'postgresql.conf'), 'theirs');
    writeFileSync(join(data, 'pg_hba.conf'), 'theirs');
    writeFileSync(join(data, 'conf.d', 'theirs.conf'), 'x');
    putBackConfiguration(kept, data);
    expect(readFileSync(join(data, 'postgresql.conf'), 'utf8')).toBe('mine');
    expect(readdirSync(data).toSorted()).toEqual(['conf.d', 'postgresql.conf']);
    expect(readdirSync(join(data, 'conf.d'))).toEqual(['mine.conf']);
  });
});

describe('the swap of data directories', () => {
  it.each([0, 1, 2])('is finished after %i of its 2 renames', (renames) => {
    const folder = newFolder();
    const [data, from, aside] = ['data', 'data.clone-x', 'data.aside'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const [old, fresh] = renames === 0 ? [data, from] : renames === 1 ? [aside, from] : [aside, data];
    for (const [path, text] of [[old, 'old'] as const, [fresh, 'new'] as const]) {
      mkdirSync(path);
      writeFileSync(join(path, 'which'), text);
    }
    finishSwap(data, { from, aside });
    expect([data, aside].map((path) => readFileSync(join(path, 'which'), 'utf8'))).toEqual(['new', 'old']);
    expect(existsSync(from)).toBe(false);
  });
});

describe('synchronous standbys', () => {
  const peer = { host: 'h', port: 5432, user: 'u', database: 'd' };
  const peers = [
    { ...peer, id: 'orders-2', applicationName: 'Node"2' },
    { ...peer, id: 'orders-3' },
  ];
  it.each<[string, SyncNames]>([
    ['ANY 1 ("Node""2", "orders-3")', { method: 'any', number: 1, members: ['orders-2', 'orders-3'] }],
    ['FIRST 2 ("orders-3", "Node""2")', { method: 'first', number: 2, members: ['orders-3', 'orders-2'] }],
    ['', { method: 'none' }],
  ])('%s', (text, names) => {
    expect(formatSyncNames(names, peers)).toBe(text);
    expect(parseSyncNames(text, peers)).toEqual(names);
    expect(AgentVerb.safeParse({ verb: 'sync-names', args: names }).success).toBe(true);
  });
  it('are read in every form that the server knows', () => {
    const first = (number: number) => ({ method: 'first', number, members: ['orders-3'] });
    expect(parseSyncNames('"orders-3"', peers)).toEqual(first(1));
    expect(parseSyncNames('2("ORDERS-3")', peers)).toEqual(first(2));
    expect(
      ['*', 'ANY 1 (*)', 'stranger', 'any 1 ("orders-3", other)'].map((text) => parseSyncNames(text, peers)),
    ).toEqual(Array(4).fill(undefined));
  });
});

describe('the start gate of a member that an approved command made no primary', () => {
  const question: GateQuestion = {
    member: 'orders-1',
    isReadOnlyStart: false,
    timeline: 2,
    standing: { epoch: 7, timeline: 2, file: '/state/standing.json' },
    peersAsked: 2,
    answers: [],
    whenAlone: 'open',
  };
  it('lets it start read-only, and says what to remove when it is to be the primary', () => {
    expect(decideGate({ ...question, isReadOnlyStart: true }).may).toBe(true);
    expect(decideGate(question)).toMatchObject({
      may: false,
      says: expect.stringMatching(/command of epoch 7 made it no primary.*remove \/state\/standing\.json/),
    });
  });
  it('lets it start once a person has promoted it: its timeline is newer', () => {
    expect(decideGate({ ...question, timeline: 3 }).may).toBe(true);
  });
});
