// Every place at which the controller can die in a planned change: a switchover, a return by rewind, a return by a fresh copy.
// All on one set, which is whole again after each: that is checked on the servers, as is every write that was acknowledged.
import { AuditPage, AuditVerification, DecisionReply } from '@petrov/core/wire';
import { type Rig, waitUntil } from '@petrov/drill';
import { findLostIds, monotonicMs, readWriterLog, type SiteStatus } from '@petrov/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approve, findOpen, openRig, SCRIPT } from '../integration/act-harness.ts';
import { dieAt, placesIn } from './crash-places.ts';

/** Thousands of writes are plenty, and their log is read after each death; a promotion follows soon after the one before. */
const often = { writePauseMs: 50, policy: { coolDownMs: 1_000 } };
let rig: Rig;

beforeAll(async () => {
  rig = await openRig('crash-planned', often);
}, 240_000);
afterAll(async () => {
  expect(await rig?.stop()).toEqual([]);
}, 120_000);

describe('a switchover', () => {
  test.each(placesIn(['look', 'fence', 'settle', 'promote', 'verify', 'repoint', 'return']))(
    'died %s: one promotion, nothing lost, the old primary follows',
    async (place) => {
      const { primary, timeline } = await awaitWhole();
      const target = primary === 'orders-2' ? 'orders-1' : 'orders-2';
      const sinceMs = monotonicMs();
      const run = await dieAt(rig, place, async () => await request({ kind: 'switchover', member: target }));
      expect(await awaitWhole()).toEqual({ primary: target, timeline: timeline + 1 });
      await expectKept(run.proposal, { sinceMs, promotions: 1 });
    },
    400_000,
  );
});

describe('a return by rewind', () => {
  test.each(placesIn(['look', 'fence', 'rewind', 'start-as-standby']))(
    'died %s: it follows, nobody is promoted, nothing is lost',
    async (place) => {
      const old = (await awaitWhole()).primary;
      await rig.parts.site.fault('kill', { member: old });
      const { plan } = await approve(rig, await findOpen(rig, 'failover'));
      const sinceMs = monotonicMs();
      const run = await dieAt(rig, place, async () => await findOpen(rig, 'rejoin'));
      expect(run.plan.candidate).toBe(old);
      expect(await awaitWhole()).toEqual({ primary: plan.candidate, timeline: plan.timeline + 1 });
      await expectKept(run.proposal, { sinceMs, promotions: 0 });
    },
    400_000,
  );
});

describe('a return by a fresh copy', () => {
  test.each(placesIn(['clone', 'start-as-standby']))(
    'died %s: it follows, nobody is promoted, nothing is lost',
    async (place) => {
      const before = await awaitWhole();
      await rig.parts.site.fault('kill', { member: 'orders-3' });
      const sinceMs = monotonicMs();
      const run = await dieAt(
        rig,
        place,
        async () => await request({ kind: 'rejoin', member: 'orders-3', how: 'clone' }),
      );
      expect(await awaitWhole()).toEqual(before);
      await expectKept(run.proposal, { sinceMs, promotions: 0 });
    },
    400_000,
  );
});

/** One primary, and all others stream on its timeline. */
async function awaitWhole(): Promise<{ readonly primary: string; readonly timeline: number }> {
  const isWhole = async () => {
    const { members } = await rig.parts.site.status();
    const [primary, ...more] = members.filter(({ role }) => role === 'primary');
    const timeline = primary?.timeline ?? null;
    if (primary === undefined || timeline === null || more.length > 0) return undefined;
    return follows(members, primary.id, timeline) && { primary: primary.id, timeline };
  };
  return await waitUntil(isWhole, { what: 'one primary whom all others follow', timeoutMs: 60_000, everyMs: 200 });
}

function follows(members: SiteStatus['members'], primary: string, timeline: number): boolean {
  return members
    .filter(({ id }) => id !== primary)
    .every((one) => one.role === 'standby' && one.receiving === true && one.timeline === timeline);
}

/** As soon as it's taken: after the controller's start it isn't at once. */
async function request(asked: {
  readonly kind: string;
  readonly member: string;
  readonly how?: string;
}): Promise<string> {
  const post = async () =>
    await rig.client(SCRIPT).post('/clusters/orders/requests', { ...asked, reason: 'a crash drill' }, DecisionReply);
  const taken = await waitUntil(post, { what: `a ${asked.kind} to be taken`, timeoutMs: 60_000, everyMs: 200 });
  return taken.proposal.id;
}

/** Never two at once, all that was acknowledged since is there, and the record is whole and tells of just these promotions. */
async function expectKept(
  proposal: string,
  { sinceMs, promotions }: { readonly sinceMs: number; readonly promotions: number },
): Promise<void> {
  const log = await readWriterLog(rig.parts.client.logFile);
  expect(log.splitBrains).toEqual([]);
  const acks = log.acks.filter((ack) => ack.monotonicMs >= sinceMs);
  expect(acks.length).toBeGreaterThan(10);
  expect(await findLostIds(rig.parts.site, acks, 'orders')).toEqual([]);
  const { entries } = await rig.client().get('/audit?limit=200', AuditPage);
  const codes = entries.filter((entry) => entry.proposal === proposal).map(({ code }) => code);
  expect(codes.filter((code) => code === 'P3009')).toHaveLength(promotions);
  expect(codes).toContain('P3010');
  expect(await rig.client().get('/audit/verify', AuditVerification)).toMatchObject({ ok: true });
}
