// A standby that was fenced, is promoted and dies before its first checkpoint: its control file still shows the old timeline,
// and a fence left over from before must not keep anybody away from it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AgentConfig } from '@petrov/core/wire';
import { Lsn, lsnDistanceBytes } from '@petrov/core/cluster';
import { loadConfig } from '@petrov/runtime/config';
import type { Shutdown } from '@petrov/runtime/shutdown';
import { startTestPostgres, startTestStandby, type TestPostgres } from '@petrov/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listProcesses } from '../src/postgres/processes.ts';
import { AgentState, type Fence } from '../src/state/agent-state.ts';
import { type Engine, startAgentWithin, startEngine } from './engine.ts';
import { commandsOf, positionOf } from './members.ts';

let engine: Engine;
let primary: TestPostgres;
let standby: TestPostgres;
let agent: Shutdown;
let state: AgentState;
let command: ReturnType<typeof commandsOf>;
const fence: Fence = { proposal: 'p-1', epoch: 3, hadStandbySignal: true, wasRunning: true };

beforeAll(async () => {
  [primary, engine] = await Promise.all([startTestPostgres(), startEngine()]);
  await primary.sql('CREATE TABLE t (id bigint PRIMARY KEY)');
  standby = await startTestStandby(primary, 'orders_2');
  agent = startAgentWithin(engine, standby, { member: 'orders-2' });
  command = commandsOf(engine, 3);
  await engine.listening('orders-2');
  state = new AgentState(loadConfig(join(engine.folder, 'orders-2', 'agent.yaml'), AgentConfig).stateDirectory);
});
afterAll(async () => {
  await agent?.run();
  engine?.end();
  standby?.end();
  primary?.end();
});

const pidOf = async (backend: string) =>
  Number((await standby.sql(`SELECT pid FROM pg_stat_activity WHERE backend_type = '${backend}'`))[0]?.['pid']);
const planned = async (timeline: number) => ({ timeline, atLeastLsn: await positionOf(standby), withinMs: 5_000 });

describe('a member that is promoted', () => {
  it('keeps its fence when the promotion is refused', async () => {
    state.keepFence(fence);
    state.keepStanding({ epoch: 3, timeline: 1 });
    const refused = await command('orders-2', 'promote', await planned(7));
    expect(refused).toMatchObject({ state: 'refused', says: expect.stringContaining('the plan says 7') });
    expect([state.fence(), state.standing()]).toEqual([fence, { epoch: 3, timeline: 1 }]);
  });

  it('is fenced no more', async () => {
    process.kill(await pidOf('checkpointer'), 'SIGSTOP'); // its control file stays as it is
    expect(await command('orders-2', 'promote', await planned(1))).toMatchObject({ state: 'done' });
    expect([state.fence(), state.standing()]).toEqual([undefined, undefined]);
    expect((await command('orders-2', 'look', {})).facts).toMatchObject({
      fenced: false,
      inRecovery: false,
      timeline: 2,
    });
  });

  it('nor when an earlier try had promoted it; one that was fenced since stays fenced', async () => {
    state.keepFence(fence);
    state.keepStanding({ epoch: 3, timeline: 2 });
    const fenced = await command('orders-2', 'promote', await planned(1));
    expect(fenced).toMatchObject({ state: 'refused', says: expect.stringContaining('out of recovery already') });
    expect(state.fence()).toEqual(fence);
    state.keepStanding({ epoch: 3, timeline: 1 });
    const again = await command('orders-2', 'promote', await planned(1));
    expect(again).toMatchObject({ state: 'done', facts: { inRecovery: false, timeline: 2 } });
    expect([state.fence(), state.standing()]).toEqual([undefined, undefined]);
  });
});

describe('the proof of a fence, before the first checkpoint of its timeline', () => {
  it('tells the end of what it wrote there', async () => {
    await standby.sql('INSERT INTO t SELECT generate_series(1, 100000)');
    const written = Lsn.parse(await positionOf(standby));
    for (const { pid } of listProcesses(standby.dataDirectory)) process.kill(pid, 'SIGKILL');
    const { state: ended, facts } = await command('orders-2', 'fence', { proposal: 'p-2' });
    expect([ended, facts.controlState, facts.timeline]).toEqual(['done', 'in production', 1]);
    expect(facts.lsn).toBeDefined();
    expect(lsnDistanceBytes(written, facts.lsn ?? Lsn.parse('0/0'))).toBeGreaterThanOrEqual(0);
    expect(existsSync(join(standby.dataDirectory, 'standby.signal'))).toBe(true);
    const near = await command('orders-2', 'fence', { proposal: 'p-2', after: written });
    expect(near.facts.lsn).toBe(facts.lsn);
  });
});
