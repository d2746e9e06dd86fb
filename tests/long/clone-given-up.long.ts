// A clone whose agent dies in the midst of it, on a whole set: the run doesn't wait for a day, a person reads how it stands
// and gives it up while it runs, and the set takes another planned change at once.
import { readdirSync, readFileSync } from 'node:fs';
import { DecisionReply, RunView } from '@petrov/core/wire';
import { answer, type Rig, waitUntil } from '@petrov/drill';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { approve, findOpen, isFollowing, openRig, SCRIPT } from '../integration/act-harness.ts';

const runOf = async (rig: Rig, proposal: string) =>
  (await rig.client().get('/runs', z.array(RunView))).find((run) => run.proposal === proposal);
const ask = (rig: Rig, change: Record<string, unknown>) =>
  rig.client(SCRIPT).post('/clusters/orders/requests', { reason: 'as planned', ...change }, DecisionReply);

/** Frozen as soon as it is there: a clone that takes as long as the test wants. */
async function freezeBackup(agent: number): Promise<number> {
  const find = async () =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .find((pid) => isBackupOf(pid, agent));
  const pid = await waitUntil(find, { what: 'pg_basebackup', timeoutMs: 30_000, everyMs: 5 });
  process.kill(pid, 'SIGSTOP');
  return pid;
}

function isBackupOf(pid: number, agent: number): boolean {
  try {
    const isIt = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]?.endsWith('/pg_basebackup') === true;
    return isIt && ancestorsOf(pid).includes(agent);
  } catch {
    return false; // it has ended meanwhile
  }
}

function ancestorsOf(pid: number): number[] {
  const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
  return parent === undefined || parent === '0' ? [] : [Number(parent), ...ancestorsOf(Number(parent))];
}

test('is told as unclear 30 s after its agent’s last word, given up while it runs, and blocks nothing', async () => {
  const rig = await openRig('clone-given-up');
  let backup: number | undefined;
  try {
    await rig.parts.site.fault('kill', { member: 'orders-1' });
    const leads = (await approve(rig, await findOpen(rig, 'failover'))).plan.candidate;
    const other = leads === 'orders-2' ? 'orders-3' : 'orders-2';
    await isFollowing(rig, other, leads);
    await answer(rig, { scenario: SCRIPT, proposal: await findOpen(rig, 'rejoin'), kind: 'reject' });
    const { proposal } = await ask(rig, { kind: 'rejoin', member: 'orders-1', how: 'clone' });
    await answer(rig, { scenario: SCRIPT, proposal: proposal.id, kind: 'approve' });
    const agent = rig.parts.agents.get('orders-1');
    if (agent === undefined) throw new Error('no agent of orders-1');
    backup = await freezeBackup(agent.pid);

    const stepSays = async (says: RegExp) => {
      const clone = (await runOf(rig, proposal.id))?.steps.find(({ step }) => step.verb === 'clone');
      return says.test(clone?.says ?? '') ? clone : undefined;
    };
    await waitUntil(() => stepSays(/The agent on orders-1 is at it for/), {
      what: 'how long its agent is at it',
      timeoutMs: 20_000,
      everyMs: 200,
    });
    agent.expectEnd();
    agent.kill('SIGKILL');
    const killedAtMs = Date.now();
    const unclear = async () =>
      (await runOf(rig, proposal.id))?.journal.find((event) => event.type === 'ambiguous' && event.step === 'clone');
    const said = await waitUntil(unclear, { what: 'an unclear clone', timeoutMs: 60_000, everyMs: 200 });
    expect(said).toMatchObject({
      says: "The agent on orders-1 was told to clone and hasn't been heard for 30 s: it may have done it, or be at it still.",
    });
    expect(said.atMs - killedAtMs).toBeGreaterThan(28_000);
    expect(await runOf(rig, proposal.id)).toMatchObject({ state: 'running', canAbandon: true });
    await answer(rig, { scenario: SCRIPT, proposal: proposal.id, kind: 'abandon' });
    expect(await runOf(rig, proposal.id)).toMatchObject({
      state: 'abandoned',
      says: expect.stringContaining('may still be at "clone"'),
    });

    const switched = await ask(rig, { kind: 'switchover', member: other, expectedPrimary: leads });
    await approve(rig, switched.proposal.id);
    await isFollowing(rig, leads, other);
  } finally {
    if (backup !== undefined) process.kill(backup, 'SIGKILL');
    expect(await rig.stop()).toEqual([]);
  }
}, 400_000);
