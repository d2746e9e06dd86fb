// Fencing by taking away what the old primary's commits wait for. Every standby that it may hear an acknowledgement from is
// read as detached, and those that aren't the candidate follow the candidate from then on, by their agents and on disk, so that
// none comes back to it. The candidate itself acknowledges nothing any more once it's promoted; what it would acknowledge before
// that, it has. What can't be shown is refused before anything is changed, else ambiguous.
import type { MemberFacts } from '@petrov/core/wire';
import { setTimeout as pause } from 'node:timers/promises';
import {
  ambiguous,
  type Answered,
  type DriverDeps,
  done,
  type Facts,
  type Perform,
  refused,
} from '../drivers/driver.ts';
import { readMember } from '../drivers/facts.ts';
import type { Fence } from './fence.ts';
import { follow } from './sync-starved/follow.ts';

const AGAIN_MS = 250;

export function createSyncStarvedFence(): Fence {
  return { fence, unfence };
}

async function fence(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { step, run } = perform;
  const { candidate, primary, fence: planned } = run.plan;
  const { standbys = [] } = planned;
  if (standbys.length === 0) return refused(`The plan names no standby that the commits of ${primary} wait for.`);
  const until = deps.clock.monotonicMs() + step.deadlineMs;
  const leftMs = () => Math.max(1, Math.floor(until - deps.clock.monotonicMs()));
  const siblings = standbys.filter((id) => id !== candidate);
  // Before anything is changed: all are standbys that can be read, and the candidate has lost the old primary by itself.
  const before = await waitForDetached(deps, perform, { leftMs, members: standbys, loose: siblings });
  if (before.attached !== undefined) return refused(`Nothing was changed: ${before.attached}.`, before.facts);
  deps.onActing(step.id);
  const moved = await Promise.all(
    siblings.map((member) => follow(deps, perform, { member, upstream: candidate, leftMs })),
  );
  const failed = moved.find(({ state }) => state !== 'done');
  if (failed !== undefined)
    return { ...failed, state: moved.every((m) => m.state === 'refused') ? 'refused' : 'ambiguous' };
  const after = await waitForDetached(deps, perform, { leftMs, members: standbys, loose: [] });
  if (after.attached !== undefined) return ambiguous(`Not proven: ${after.attached}.`, after.facts);
  const says = `${primary} hears no acknowledgement any more: ${siblings.length === 0 ? '' : `${siblings.join(', ')} ${siblings.length === 1 ? 'follows' : 'follow'} ${candidate}, `}${candidate} is detached.`;
  const proof = `${says} Its commits wait for one of ${standbys.join(', ')}; those at synchronous_commit local or off are not covered.`;
  return done(says, { ...after.facts, [primary]: { proof } });
}

/** The standbys follow the old primary again; whether they stream from it, it has to say by itself. */
async function unfence(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { step, run } = perform;
  const { candidate, primary, fence: planned } = run.plan;
  const until = deps.clock.monotonicMs() + step.deadlineMs;
  const leftMs = () => Math.max(1, Math.floor(until - deps.clock.monotonicMs()));
  const siblings = (planned.standbys ?? []).filter((id) => id !== candidate);
  deps.onActing(step.id);
  const moved = await Promise.all(
    siblings.map((member) => follow(deps, perform, { member, upstream: primary, leftMs, isPointedEnough: true })),
  );
  const failed = moved.find(({ state }) => state !== 'done');
  if (failed !== undefined) return failed;
  const facts: Facts = Object.assign({}, ...moved.map((one) => one.facts));
  return done(`${siblings.join(', ') || 'No standby'} was pointed at ${primary} again.`, facts);
}

type Detached = { readonly facts: Facts; readonly attached?: string | undefined };

/** Until none of the members receives from the old primary; `loose` may, they only have to be standbys that can be read. */
async function waitForDetached(
  deps: DriverDeps,
  { run }: Perform,
  { leftMs, members, loose }: { leftMs: () => number; members: readonly string[]; loose: readonly string[] },
): Promise<Detached> {
  const others = new Set(deps.reach.cluster(run.cluster).members.map(({ id }) => id));
  others.delete(run.plan.primary);
  let last: Detached;
  do {
    const read = await Promise.all(members.map((id) => readMember(deps.reach, run.cluster, id)));
    const facts: Record<string, MemberFacts> = {};
    const attached = members.flatMap((id, index) => {
      const one = read[index];
      if (one === undefined || !one.ok) return one?.says ?? [];
      facts[id] = one.facts;
      if (one.facts.inRecovery !== true) return `${id} is no standby`;
      const isDetached = one.facts.receiverStatus === undefined || others.has(one.facts.upstream ?? '');
      return isDetached || loose.includes(id)
        ? []
        : `${id} is still attached to ${one.facts.upstream ?? 'its upstream'}`;
    });
    last = { facts, attached: attached[0] };
    if (last.attached !== undefined) await pause(Math.min(AGAIN_MS, leftMs()));
  } while (last.attached !== undefined && leftMs() > 1);
  return last;
}
