// A fence that can't be proven. In a namespace of its own the agent can end every process but the first, as it can end none
// that hangs in the kernel (state D): a process of this Postgres is left, whatever it's sent. Nor does it see a server outside
// of that namespace, but that its shared memory is attached. It says so each time, until there's nothing left. (I7)
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestPostgres, type TestPostgres } from '@petrov/runtime/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Engine, startAgentBeside, startEngine, type TestAgent } from './engine.ts';

/** The first process stays in the data directory until somebody writes into the pipe. */
const FIRST =
  'data=$1 pipe=$2 home=$PWD; shift 2; mkfifo "$pipe"; cd "$data"; (cd "$home"; exec "$@") & read _ <"$pipe"; cd /; wait';

let postgres: TestPostgres;
let engine: Engine;
let agent: TestAgent;
let pipe: string;
let number = 0;

beforeAll(async () => {
  [postgres, engine] = await Promise.all([startTestPostgres(), startEngine()]);
  pipe = join(engine.folder, 'release');
  const alone = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', 'sh', '-c', FIRST, 'sh'];
  agent = startAgentBeside(engine, postgres, { member: 'orders-1', within: [...alone, postgres.dataDirectory, pipe] });
  await engine.listening('orders-1');
});
afterAll(async () => {
  await agent?.kill();
  engine?.end();
  postgres?.end();
});

const fence = () =>
  engine.command('orders-1', { id: `run-1/fence/${(number += 1)}`, verb: 'fence', args: { proposal: 'p-1' } });

it('is ambiguous while a process or its shared memory is left, and done by the attempt after that', async () => {
  const held = await fence();
  expect(held).toMatchObject({
    state: 'ambiguous',
    says: expect.stringContaining("Not proven on orders-1: processes can't be ended: 1 (S)."),
    facts: { processesLeft: 1, standbySignal: true, fenced: true },
  });
  writeFileSync(pipe, '\n');
  expect(await fence()).toMatchObject({
    state: 'ambiguous',
    says: 'Not proven on orders-1: its shared memory is still attached.',
    facts: { processesLeft: 0, sharedMemoryAttached: true, fenced: true },
  });
  postgres.stop('fast');
  expect(await fence()).toMatchObject({
    state: 'done',
    facts: { processesLeft: 0, sharedMemoryAttached: false, standbySignal: true, fenced: true },
  });
});
