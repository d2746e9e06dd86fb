// After the script: asks the servers, the controller and the writers' log for all that the checks look at.
import { AuditPage, AuditVerification, ProposalView, RunView } from '@petrov/core/wire';
import { findLostIds, monotonicMs, readWriterLog, type SiteStatus, type WriterLog } from '@petrov/sandbox';
import { z } from 'zod';
import type { Gathered } from '../checks/facts.ts';
import type { Returned } from '../disturbance/index.ts';
import type { Rig } from '../rig/rig.ts';
import { waitUntil } from '../wait.ts';
import { asideOf } from './apply.ts';
import type { Played, ScriptInput } from './script.ts';
import { measureLoss } from './wal.ts';
import type { Watch } from './watch.ts';

const AUDIT_PAGE = 200;
const FOLLOW_WITHIN_MS = 25_000;

export async function gather(
  input: ScriptInput,
  of: { readonly played: Played; readonly watch: Watch; readonly isSync: boolean; readonly crash?: Gathered['crash'] },
): Promise<Gathered> {
  const { rig } = input;
  const { played } = of;
  const endedMonotonicMs = monotonicMs();
  const { site, cluster, client: writers, inbox } = rig.parts;
  await writers.child.stop();
  const isUnchanged = input.scenario.outcome === 'unchanged';
  const log = untilReturned(await readWriterLog(writers.logFile), isUnchanged ? undefined : played.returned);
  const status = await settledStatus(rig, played, asideOf(input.scenario, played.cast));
  const primaries = status.members.filter((member) => member.role === 'primary');
  const promoted = primaries.find((member) => member.id !== played.primary)?.id;
  const lost = primaries.length === 1 ? await findLostIds(site, log.acks, cluster) : undefined;
  const wal =
    played.wal ??
    (promoted === undefined
      ? undefined
      : await measureLoss(rig, { from: played.primary, to: promoted, timeline: played.timeline }));
  const oldPrimary = promoted === undefined ? undefined : await startOldPrimary(rig, played.primary);
  const client = rig.client();
  const id = played.asked?.proposal.id;
  const { proposal, runs, audit } = {
    proposal: id === undefined ? undefined : await client.get(`/proposals/${encodeURIComponent(id)}`, ProposalView),
    runs: await client.get('/runs', z.array(RunView)),
    audit: await client.get(`/audit?limit=${AUDIT_PAGE}`, AuditPage),
  };
  return {
    ...played,
    scenario: input.scenario,
    operator: input.operator,
    isSync: of.isSync,
    cluster,
    seen: of.watch.seen,
    messages: inbox.messages,
    proposal,
    runs,
    log,
    lost,
    wal,
    status,
    oldPrimary,
    endedMonotonicMs,
    audit: audit.entries,
    crash: of.crash,
    verification: await client.get('/audit/verify', AuditVerification),
  };
}

/** What a server acknowledged that was let loose on purpose is no loss of the promotion, and no split brain by our hand. */
function untilReturned(log: WriterLog, returned: Returned | undefined): WriterLog {
  if (returned === undefined) return log;
  const { member, monotonicMs: sinceMs } = returned;
  return {
    ...log,
    acks: log.acks.filter((ack) => ack.member !== member || ack.monotonicMs < sinceMs),
    splitBrains: log.splitBrains.filter(({ fromMonotonicMs }) => fromMonotonicMs < sinceMs),
  };
}

/** Siblings may still be on their way to the new primary: given some time, and then as they are. */
async function settledStatus(rig: Rig, played: Played, aside: readonly string[]): Promise<SiteStatus> {
  const first = await answeredStatus(rig, () => true);
  if (!first.members.some((member) => member.role === 'primary' && member.id !== played.primary)) return first;
  return await answeredStatus(rig, ({ members }) =>
    members
      .filter((one) => one.role === 'standby' && one.id !== played.primary && !aside.includes(one.id))
      .every((one) => one.receiving && (one.timeline ?? 0) > played.timeline),
  );
}

/** Of the servers when each that runs has answered and the condition holds; as they are when that takes too long. */
async function answeredStatus(rig: Rig, isSettled: (status: SiteStatus) => boolean): Promise<SiteStatus> {
  const { site } = rig.parts;
  const look = async (): Promise<SiteStatus | undefined> => {
    const status = await site.status();
    const isWhole = status.members.every((one) => one.postgres !== 'unanswering');
    return isWhole && isSettled(status) ? status : undefined;
  };
  const settled = waitUntil(look, { what: 'the members to answer', timeoutMs: FOLLOW_WITHIN_MS, everyMs: 100 });
  return await settled.catch(() => site.status()); // the checks say who doesn't
}

/** As a person would who doesn't know: the fence has to hold. */
async function startOldPrimary(rig: Rig, id: string): Promise<NonNullable<Gathered['oldPrimary']>> {
  const { site } = rig.parts;
  const start = async (): Promise<string> => {
    if (!(await site.isOn(id))) return await site.powerOn(id);
    await site.fault('start', { member: id });
    return `${id} started by hand`;
  };
  const outcome = await start().catch((error: Error) => `${id} not started: ${error.message}`);
  const isGateRefusing = /\bgate\b.* refused:/.test(outcome);
  const status = await answeredStatus(rig, () => true);
  const now = status.members.find((member) => member.id === id);
  const role = now?.postgres === 'stopped' ? 'stopped' : (now?.role ?? 'unknown');
  return {
    role,
    isGateRefusing,
    says: `${outcome}; ${id} is ${now?.postgres ?? 'gone'}, ${role === 'standby' ? 'in recovery' : role}`,
  };
}
