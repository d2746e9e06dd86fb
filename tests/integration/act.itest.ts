// The whole act on real servers: a primary dies and is replaced; started by hand it is read-only; its agent brings it back;
// a switchover gives it its place again. No acknowledged write of a planned change is lost.
import { join } from 'node:path';
import { type AppPaths, answer, createRig, DrillError, type Rig, waitUntil } from '@petrov/drill';
import { DecisionReply, ProposalView, RunView } from '@petrov/core/wire';
import { findLostIds, readWriterLog } from '@petrov/sandbox';
import { expect, test } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const mainOf = (app: string): string => join(root, 'apps', app, 'src', 'main.ts');
const appPaths: AppPaths = { controller: mainOf('controller'), witness: mainOf('witness'), agent: mainOf('agent') };
const SCRIPT = 'act';

async function findOpen(rig: Rig, kind: string): Promise<string> {
  const isAsked = async () =>
    (await rig.client().get('/proposals', z.array(ProposalView))).find(
      ({ proposal }) => proposal.state === 'open' && proposal.revision.plan.kind === kind,
    )?.proposal.id;
  return await waitUntil(isAsked, { what: `a proposal of a ${kind}`, timeoutMs: 60_000, everyMs: 100 });
}

/** Approves it and waits for its end. */
async function approve(rig: Rig, proposal: string): Promise<RunView> {
  await answer(rig, { scenario: SCRIPT, proposal, kind: 'approve' });
  const isOver = async () => {
    const runs = await rig.client().get('/runs', z.array(RunView));
    const run = runs.find((one) => one.proposal === proposal);
    if (run === undefined || ['running', 'promoted'].includes(run.state)) return undefined;
    if (run.state !== 'succeeded')
      throw new DrillError('gave-up', JSON.stringify([run.says, run.steps.map((s) => [s.step.id, s.state, s.says])]));
    return run;
  };
  return await waitUntil(isOver, { what: `the end of ${proposal}`, timeoutMs: 120_000, everyMs: 100 });
}

async function isFollowing(rig: Rig, id: string, upstream: string): Promise<void> {
  await waitUntil(
    async () => (await rig.view()).members.some((m) => m.id === id && m.condition === `streaming from ${upstream}`),
    { what: `${id} to be seen following ${upstream}`, timeoutMs: 30_000, everyMs: 200 },
  );
}

test('kill, approve, read-only by hand, rejoined by its agent, and switched back without loss', async () => {
  const rig = await createRig({
    root: join(root, 'var', 'test'),
    dataFolder: join(root, 'var', 'test', 'act'),
    isTemporary: true,
    appPaths,
    cluster: 'orders',
    environment: 'sandbox',
    preset: 'fast',
    writePauseMs: 5,
    port: 0,
  });
  try {
    const { site, client } = rig.parts;
    await site.fault('kill', { member: 'orders-1' });
    const failover = await approve(rig, await findOpen(rig, 'failover'));
    const leads = failover.plan.candidate;

    await site.fault('start', { member: 'orders-1' });
    const byHand = async () =>
      (await site.status()).members.find(({ id, postgres }) => id === 'orders-1' && postgres === 'running');
    expect((await waitUntil(byHand, { what: 'orders-1 to answer', timeoutMs: 20_000 }))?.role).toBe('standby');

    const rejoin = await approve(rig, await findOpen(rig, 'rejoin'));
    expect(rejoin.steps.map(({ step, state }) => `${step.id} ${state}`)).toEqual([
      'look done',
      'fence done',
      'rewind done',
      'start-as-standby done',
    ]);
    await isFollowing(rig, 'orders-1', leads);

    const atMs = Date.now();
    const asked = await rig
      .client(SCRIPT)
      .post(
        '/clusters/orders/requests',
        { kind: 'switchover', member: 'orders-1', expectedPrimary: leads, reason: 'back to its place' },
        DecisionReply,
      );
    await approve(rig, asked.proposal.id);
    await isFollowing(rig, leads, 'orders-1');
    expect((await rig.view()).primary).toBe('orders-1');

    await client.child.stop();
    const log = await readWriterLog(client.logFile);
    expect(log.splitBrains).toEqual([]);
    const since = log.acks.filter((ack) => ack.atMs > atMs);
    expect(since.filter((ack) => ack.member === 'orders-1').length).toBeGreaterThan(10);
    expect(await findLostIds(site, since, 'orders')).toEqual([]);
  } finally {
    expect(await rig.stop()).toEqual([]);
  }
}, 400_000);
