// A primary that is frozen with all of its host and cut off from every network: nobody can ask it anything, and thawed it would
// go on where it was. Its power switch fences it; when its power and its networks come back, its gate keeps it down. (I7)
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DecisionReply, ProposalView, RunView } from '@petrov/core/wire';
import { ApiRefused, createRig, type Rig } from '@petrov/drill';
import { readWriterLog } from '@petrov/sandbox';
import { expect, test } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const mainOf = (app: string): string => join(root, 'apps', app, 'src', 'main.ts');
const PATIENTLY = { timeout: 60_000, interval: 100 };

/** Approves what is asked; a newer revision is read and answered anew. */
async function approve(rig: Rig, id: string, refusals = 0): Promise<ProposalView> {
  const asked = await rig.client().get(`/proposals/${id}`, ProposalView);
  const { number, digests } = asked.proposal.revision;
  const idempotencyKey = `fence-frozen-${number}-${refusals}`;
  const request = { decision: 'approve', revision: number, digests, reason: 'it is frozen', idempotencyKey };
  try {
    await rig.client('fence-frozen').post(`/proposals/${id}/decisions`, request, DecisionReply);
    return asked;
  } catch (error) {
    if (!(error instanceof ApiRefused) || refusals === 20) throw error;
    await pause(500); // fresh evidence comes each second
    return await approve(rig, id, refusals + 1);
  }
}

test('is fenced by its power switch, and never writes again', async () => {
  const problems: string[] = [];
  const rig = await createRig({
    root: join(root, 'var', 'test'),
    dataFolder: join(root, 'var', 'test', 'drills', randomBytes(4).toString('hex')),
    isTemporary: true,
    appPaths: { controller: mainOf('controller'), witness: mainOf('witness'), agent: mainOf('agent') },
    cluster: 'orders',
    environment: 'sandbox',
    preset: 'fast',
    port: 0,
    onProblem: (says) => problems.push(says),
  });
  const { site, inbox, client } = rig.parts;
  try {
    for (const net of ['db', 'mon', 'app']) await site.fault('cut', { net, target: 'orders-1' });
    await site.fault('freeze', { member: 'orders-1', host: true });
    await expect.poll(() => inbox.messages.some(({ type }) => type === 'proposal.raised'), PATIENTLY).toBe(true);
    const { proposal } = await approve(rig, 'orders-p1');
    expect(proposal.revision.plan.fence).toMatchObject({
      method: 'http',
      says: expect.stringMatching(
        /^No, once its power switch says that the machine of orders-1 is off; .* silent now\.$/,
      ),
    });
    const read = () => rig.client().get('/proposals/orders-p1', ProposalView);
    await expect.poll(async () => (await read()).proposal.state, PATIENTLY).toBe('succeeded');
    expect(await site.isOn('orders-1')).toBe(false);
    const [run] = await rig.client().get('/runs', z.array(RunView));
    const fence = run?.steps.find(({ step }) => step.verb === 'fence');
    expect(fence).toMatchObject({ state: 'done', says: 'The power switch says that orders-1 (orders-1) is off.' });

    const healed = await site.heal();
    expect(healed.join('\n')).toMatch(/orders-1 is on, its Postgres stays down: its gate refused: .* out of recovery/);
    const { members } = await site.status();
    expect(members.filter(({ role }) => role === 'primary').map(({ id }) => id)).toEqual([
      proposal.revision.plan.candidate,
    ]);
    expect((await readWriterLog(client.logFile)).splitBrains).toEqual([]);
    expect(problems).toEqual([]);
  } finally {
    expect(await rig.stop()).toEqual([]);
  }
});
