// The agent's pure parts: which command may be acted upon, what the gate decides, how texts of Postgres are read.
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readdirSync } from 'node:fs';
import type { AgentCommand, AgentResult } from '@petrov/core/wire';
import { describe, expect, it } from 'vitest';
import { decideGate, type GateQuestion } from './gate.ts';
import { judgePostmaster } from './host/host-facts.ts';
import { parseConninfo, pointAt } from './postgres/conninfo.ts';
import { parseControlData } from './postgres/control-data.ts';
import { parsePidFile } from './postgres/processes.ts';
import { Progress } from './progress.ts';
import { checkCommand, type Known } from './protocol/check-command.ts';
import { lookNonce } from './protocol/command-loop.ts';
import { AgentState } from './state/agent-state.ts';
import { verbs } from './verbs/index.ts';

const result: AgentResult = {
  v: 1,
  id: 'run/fence/1',
  nonce: 'n-0123456789abcdef',
  cluster: 'orders',
  member: 'orders-1',
  state: 'done',
  says: 'fenced',
  facts: {},
  bootId: 'b',
};

describe('the list of verbs', () => {
  it('is the folder', () => {
    const files = readdirSync(join(import.meta.dirname, 'verbs')).filter((file) => file !== 'index.ts');
    expect(Object.keys(verbs).sort()).toEqual(files.map((file) => file.replace('.ts', '')).sort());
    for (const [name, { verb }] of Object.entries(verbs)) expect(verb).toBe(name);
  });
});

describe('a command', () => {
  const command = {
    v: 1,
    id: 'run/fence/1',
    cluster: 'orders',
    member: 'orders-1',
    systemIdentifier: '7',
    epoch: 3,
    agentNonce: 'n',
    heldMs: 0,
    ttlMs: 1_000,
    approval: { proposal: 'p', revision: 1, planDigest: 'd' },
    verb: 'fence',
    args: { proposal: 'p' },
  } satisfies AgentCommand;
  const known: Known = {
    config: { cluster: 'orders', member: 'orders-1', allow: ['fence'] },
    isSigned: () => true,
    systemIdentifier: '7',
    nonce: 'n',
    highestEpoch: 3,
    recall: () => ({ is: 'unknown' }),
  };
  const check = (change: Record<string, unknown>, more: Partial<Known> = {}) => {
    const checked = checkCommand(
      { body: JSON.stringify({ ...command, ...change }), signature: 's' },
      { ...known, ...more },
    );
    return checked.is === 'refused' ? checked.says : checked.is;
  };

  it('of the engine, for this member and poll, is new', () => {
    expect(check({})).toBe('new');
  });
  it.each([
    [{}, { isSigned: () => false }, "The signature isn't the engine's."],
    [{ member: 'orders-2' }, {}, 'The command is for orders/orders-2'],
    [{ systemIdentifier: '8' }, {}, 'The command is for system 8'],
    [{}, { systemIdentifier: undefined }, 'this is unknown'],
    [{ agentNonce: 'old' }, {}, 'answers another poll'],
    [{ epoch: 2 }, {}, 'of epoch 2; this agent has seen 3'],
    [{ verb: 'slots', args: { names: [] } }, {}, 'doesn\'t allow "slots"'],
    [{ approval: undefined }, {}, 'needs an approval'],
    [{ verb: 'shell', args: {} }, {}, "can't be read"],
  ] as const)('is refused: %o %o', (change, more, says) => {
    expect(check(change, more)).toContain(says);
  });
  it('the signature is checked before anything else is told', () => {
    expect(check({ member: 'orders-2', agentNonce: 'old' }, { isSigned: () => false })).toContain('signature');
  });
  it('that was seen before is answered from memory; one that was begun is not begun again', () => {
    expect(check({}, { recall: () => ({ is: 'ended', result }) })).toBe('stored');
    expect(check({}, { recall: () => ({ is: 'begun' }) })).toBe('unfinished');
  });
  it('to look needs no approval, no epoch and, when nobody knows it, no system', () => {
    const look = { verb: 'look', args: {}, approval: undefined, epoch: 0 };
    expect(check(look)).toBe('new');
    expect(check({ ...look, systemIdentifier: '' }, { systemIdentifier: undefined })).toBe('new');
    expect(check({ systemIdentifier: '' }, { systemIdentifier: undefined })).not.toBe('new');
  });
  it("a look's nonce is its id without the member, slashes and all", () => {
    expect(lookNonce({ id: 'fresh/orders/17/orders-1', member: 'orders-1' })).toBe('fresh/orders/17');
  });
});

describe('what is remembered', () => {
  it('survives: the fence, the highest epoch, what began and how it ended', () => {
    const folder = mkdtempSync(join(tmpdir(), 'petrov-agent-state-'));
    const state = new AgentState(folder);
    expect([state.fence(), state.highestEpoch(), state.recall('a/b')]).toEqual([undefined, 0, { is: 'unknown' }]);
    const fence = { proposal: 'p', epoch: 2, hadStandbySignal: false, wasRunning: true };
    state.keepFence(fence);
    state.keepEpoch(4);
    state.keepEpoch(3);
    state.begin('a/b');
    state.begin(result.id);
    state.end(result);
    const again = new AgentState(folder);
    expect([again.fence(), again.highestEpoch(), again.recall('a/b')]).toEqual([fence, 4, { is: 'begun' }]);
    expect(again.recall(result.id)).toEqual({ is: 'ended', result });
    again.dropFence();
    expect(state.fence()).toBeUndefined();
    rmSync(folder, { recursive: true });
  });
});

describe('results on disk', () => {
  it('older than 30 days are forgotten, never the newest 200 nor one of yesterday', () => {
    const folder = mkdtempSync(join(tmpdir(), 'petrov-agent-'));
    const state = new AgentState(folder);
    const file = (name: string) => join(folder, 'results', name);
    const write = (name: string, daysOld: number) => {
      writeFileSync(file(name), '{}');
      utimesSync(file(name), Date.now() / 1_000, Date.now() / 1_000 - daysOld * 86_400);
    };
    for (let n = 0; n < 198; n += 1) write(`old-${n}.json`, 40 + n);
    state.begin('run/fence/1');
    expect(readdirSync(join(folder, 'results')).length, 'few stay, however old').toBe(199);
    for (let n = 0; n < 5; n += 1) write(`older-${n}.json`, 400);
    for (let n = 0; n < 3; n += 1) write(`new-${n}.json`, 1);
    state.begin('run/fence/2');
    const left = readdirSync(join(folder, 'results'));
    expect([left.length, left.filter((name) => name.startsWith('older')).length]).toEqual([201, 0]);
    expect([state.recall('run/fence/1').is, state.recall('run/fence/2').is]).toEqual(['begun', 'begun']);
    rmSync(folder, { recursive: true });
  });
});

describe('what it is at', () => {
  const clock = { ms: 1_000, monotonicMs: () => clock.ms };
  it('is told with its time and, once a program says so, its bytes', () => {
    const progress = new Progress(clock);
    progress.read('100/400 kB (25%), 0/1 tablespace');
    expect(progress.facts()).toBeUndefined();
    progress.begin('clone');
    progress.read('waiting for checkpoint');
    clock.ms += 2_500;
    expect(progress.facts()).toEqual({ verb: 'clone', forMs: 2_500 });
    progress.read('  102400/  409600 kB (25%), 0/1 tablespace (data/base/5/16384)');
    expect(progress.facts()).toMatchObject({ doneBytes: 100 * 1024 ** 2, totalBytes: 400 * 1024 ** 2 });
    progress.end();
    expect(progress.facts()).toBeUndefined();
  });
});

describe('the gate', () => {
  const question: GateQuestion = {
    member: 'orders-1',
    isReadOnlyStart: false,
    timeline: 1,
    peersAsked: 2,
    answers: [{ id: 'orders-2', inRecovery: true, timeline: 1 }],
    whenAlone: 'closed',
  };
  it.each([
    ['others are standbys of the same timeline', {}, true],
    ['another is out of recovery', { answers: [{ id: 'orders-3', inRecovery: false, timeline: 1 }] }, false],
    ['another is on a newer timeline', { answers: [{ id: 'orders-3', inRecovery: true, timeline: 2 }] }, false],
    [
      'it starts read-only whatever others are',
      { isReadOnlyStart: true, answers: [{ id: 'orders-3', inRecovery: false, timeline: 2 }] },
      true,
    ],
    ['nobody answers, closed', { answers: [] }, false],
    ['nobody answers, open', { answers: [], whenAlone: 'open' as const }, true],
    ['there is nobody to ask', { answers: [], peersAsked: 0 }, true],
  ])('%s', (_name, change, may) => {
    expect(decideGate({ ...question, ...change }).may).toBe(may);
  });
  it('says what to do', () => {
    const { says } = decideGate({ ...question, answers: [{ id: 'orders-3', inRecovery: false, timeline: 2 }] });
    expect(says).toContain('orders-3 is out of recovery, on timeline 2. Start it as a standby');
  });
});

describe('primary_conninfo', () => {
  it('keeps all but host and port', () => {
    const before =
      "user=replicator passfile='/var/lib/my pass' host=10.0.0.1 hostaddr=10.0.0.1 port=5432 application_name=orders_2 sslmode=prefer";
    const after = pointAt(before, '10.0.0.2', 6543);
    expect(parseConninfo(after ?? '')).toEqual([
      ['host', '10.0.0.2'],
      ['port', '6543'],
      ['user', 'replicator'],
      ['passfile', '/var/lib/my pass'],
      ['application_name', 'orders_2'],
      ['sslmode', 'prefer'],
    ]);
  });
  it.each(["password='it\\'s \\\\ here'", "options='-c a=b'  user = x", 'host='])('reads %s', (text) => {
    const read = parseConninfo(text);
    expect(read).toBeDefined();
    expect(pointAt(pointAt(text, 'h', 1) ?? '', 'h', 1)).toBe(pointAt(text, 'h', 1));
  });
  it.each(['postgresql://u@h/db', "user='open", 'just words'])('does not guess at %s', (text) => {
    expect(pointAt(text, 'h', 1)).toBeUndefined();
  });
});

describe('texts of Postgres', () => {
  it('postmaster.pid', () => {
    const text = '4711\n/data\n1700000000\n5432\n/tmp\nlocalhost\n   5432001    32779\nready   \n';
    expect(parsePidFile(text)).toEqual({ pid: 4711, sharedMemory: { key: 5432001, id: 32779 }, status: 'ready' });
    expect(parsePidFile('4711\n/data\n')).toEqual({ pid: 4711, sharedMemory: undefined, status: '' });
    expect(parsePidFile('')).toBeUndefined();
  });
  it('pg_controldata', () => {
    const text = `Database system identifier:           7711699419414402679
Database cluster state:               shut down
Latest checkpoint location:           0/3000148
Latest checkpoint's REDO location:    0/3000110
Latest checkpoint's TimeLineID:       2
Bytes per WAL segment:                16777216
`;
    expect(parseControlData(text)).toEqual({
      systemIdentifier: '7711699419414402679',
      state: 'shut down',
      timeline: 2,
      checkpoint: '0/3000148',
      redo: '0/3000110',
      segmentBytes: 16_777_216,
    });
    expect(() => parseControlData('nonsense')).toThrow('says nothing of');
  });
});

describe('the postmaster', () => {
  const judge = (letter: string | undefined, status = 'ready') =>
    judgePostmaster({ letter, status }, undefined, 0).state;
  it('is absent, frozen, starting or running', () => {
    expect([
      judge(undefined),
      judge('Z'),
      judge('T'),
      judge('S', 'starting'),
      judge('S'),
      judge('S', 'standby'),
    ]).toEqual(['absent', 'absent', 'stopped', 'starting', 'running', 'running']);
  });
  it('is frozen when the kernel holds it for 3 s, not for a moment', () => {
    const first = judgePostmaster({ letter: 'D', status: 'ready' }, undefined, 0);
    const later = judgePostmaster({ letter: 'D', status: 'ready' }, first, 2_999);
    expect([first.state, later.state, judgePostmaster({ letter: 'D', status: 'ready' }, later, 3_000).state]).toEqual([
      'running',
      'running',
      'stopped',
    ]);
    expect(judgePostmaster({ letter: 'S', status: 'ready' }, later, 3_001).stuckSinceMs).toBeUndefined();
  });
});
