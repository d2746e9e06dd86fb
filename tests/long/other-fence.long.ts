// The host is gone and its agent was the only way to fence: the run is stuck, a person leaves it, and two people agree to none.
// (I1, I7)
import { DecisionReply, ProposalView, RunView } from '@petrov/core/wire';
import { answer, waitUntil } from '@petrov/drill';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { approve, findOpen, openRig, SCRIPT } from '../integration/act-harness.ts';

test('a fence that cannot be proven is left for none, which one person alone cannot approve', async () => {
  const rig = await openRig('other-fence', { onlyFence: 'agent' });
  try {
    const { site } = rig.parts;
    await site.fault('host-off', { member: 'orders-1' });
    const first = await findOpen(rig, 'failover');
    await answer(rig, { scenario: SCRIPT, proposal: first, kind: 'approve' });
    const isStuck = async () =>
      (await rig.client().get('/runs', z.array(RunView))).find(
        (run) => run.proposal === first && run.state === 'stuck',
      );
    const stuck = await waitUntil(isStuck, { what: 'the run to be stuck', timeoutMs: 120_000, everyMs: 200 });
    expect(stuck.says).toMatch(/agent on orders-1/);

    await answer(rig, { scenario: SCRIPT, proposal: first, kind: 'refence' });
    const second = await findOpen(rig, 'failover');
    const at = `/proposals/${second}`;
    const read = async () => await rig.client(SCRIPT).get(at, ProposalView);
    const asked = await read();
    expect(asked.proposal.revision.plan.fence).toMatchObject({
      method: 'unfenced',
      says: expect.stringMatching(/^Yes: fencing by "agent" was tried and is not proven/),
    });
    expect(asked.approvals).toMatchObject({ people: 2, by: [] });

    const run = await approve(rig, second);
    expect(run.steps.find(({ step }) => step.verb === 'fence')).toMatchObject({
      state: 'done',
      says: expect.stringContaining('Nothing was stopped: orders-1 may still take writes'),
    });
    const { primary, epoch } = await rig.view();
    expect([primary, epoch]).toEqual([run.plan.candidate, run.plan.epoch + 1]);
    const { approvals } = await read();
    expect(new Set(approvals.by).size).toBe(2);
    const again = { decision: 'approve', revision: 1, digests: asked.proposal.revision.digests, reason: 'once more' };
    await expect(
      rig.client(SCRIPT).post(`${at}/decisions`, { ...again, idempotencyKey: 'once-more-1' }, DecisionReply),
    ).rejects.toMatchObject({ code: 'not-in-this-state' });
  } finally {
    expect(await rig.stop()).toEqual([]);
  }
}, 400_000);
