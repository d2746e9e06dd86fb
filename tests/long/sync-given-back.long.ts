// A synchronous set whose last standby is about to be promoted: for whom its commits wait is taken away before, and given back
// when the run is given up.
import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { LOOK_FRESH_MS } from '@petrov/core/journal';
import { RunView } from '@petrov/core/wire';
import { answer, isStopped, letGoOn, returnWritable, waitUntil } from '@petrov/drill';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { findOpen, openRig, SCRIPT } from '../integration/act-harness.ts';

test('giving up lets commits at the candidate wait for the standbys of before', async () => {
  const controllerEnv = { PETROV_STOP_AT: 'after-journal:prepare:done' };
  const rig = await openRig('sync-given-back', { sync: true, controllerEnv });
  try {
    const { site, controller } = rig.parts;
    const waitsFor = (): string => {
      const [psql = '', ...args] = site.psqlArgv('orders-2');
      return execFileSync(psql, [...args, '-XAtc', 'SHOW synchronous_standby_names'], { encoding: 'utf8' }).trim();
    };
    const before = waitsFor();
    expect(before).toContain('orders');
    await site.stopMember('orders-3');
    const isSeen = async () =>
      (await rig.view()).members.some((m) => m.id === 'orders-3' && m.condition !== 'streaming from orders-1');
    await waitUntil(isSeen, { what: 'orders-3 to be missed', timeoutMs: 60_000, everyMs: 200 });
    await site.fault('kill', { member: 'orders-1' });
    const proposal = await findOpen(rig, 'failover');
    const answered = answer(rig, { scenario: SCRIPT, proposal, kind: 'approve' });
    const { pid } = controller.child;
    await waitUntil(async () => isStopped(pid), { what: 'the run to be prepared', timeoutMs: 60_000, everyMs: 5 });
    try {
      expect(waitsFor()).toBe('');
      await returnWritable.apply({ rig, sessions: new Map(), onReturned: () => undefined }, ['orders-1']);
      await pause(LOOK_FRESH_MS); // the settling is repeated only once it's older than this
    } finally {
      letGoOn(pid);
    }
    await answered;
    const inState = (state: RunView['state']) => async () =>
      (await rig.client().get('/runs', z.array(RunView))).find((r) => r.proposal === proposal && r.state === state);
    await waitUntil(inState('stuck'), { what: 'the run to be stuck', timeoutMs: 60_000, everyMs: 100 });
    await answer(rig, { scenario: SCRIPT, proposal, kind: 'abandon' });
    const run = await waitUntil(inState('abandoned'), { what: 'its end', timeoutMs: 60_000, everyMs: 100 });
    expect(run.steps.find(({ step }) => step.verb === 'restore-sync')).toMatchObject({ state: 'done' });
    expect(waitsFor()).toBe(before);
  } finally {
    expect(await rig.stop()).toEqual([]);
  }
}, 400_000);
