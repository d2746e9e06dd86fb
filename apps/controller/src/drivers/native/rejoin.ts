// What brings a member back: rewind or clone it from the primary, then start it as a standby. Its agent does each and proves
// it; the start is done when it streams from there.
import type { AgentVerb } from '@petrov/core/wire';
import {
  type Act,
  type Answered,
  commandOf,
  done,
  type DriverDeps,
  fromAgent,
  leaderOf,
  type Perform,
  refused,
} from '../driver.ts';
import { readMember } from '../facts.ts';
import { slotName } from '@petrov/core/cluster';

const SLOT_WITHIN_MS = 10_000;
/** An agent reports each second, whatever it is at: one that doesn't is not waited for until a deadline of hours. */
const SILENT_AFTER_MS = 30_000;

export const rewind: Act = (deps, perform) => fromUpstream(deps, perform, 'rewind');
export const clone: Act = (deps, perform) => fromUpstream(deps, perform, 'clone');

/** The slot comes first: without it the WAL that the member needs afterwards may be gone by the time it asks for it. */
async function fromUpstream(deps: DriverDeps, perform: Perform, verb: 'rewind' | 'clone'): Promise<Answered> {
  const { step, run } = perform;
  const args = { ...whereTo(deps, perform), timeline: run.plan.timeline };
  deps.onActing(step.id);
  const slots = await makeSlot(deps, perform, { upstream: args.upstream, withinMs: SLOT_WITHIN_MS });
  if (slots.state !== 'done') return slots;
  const command = { ...commandOf(perform, { verb, args }), silentAfterMs: SILENT_AFTER_MS };
  return fromAgent(step.member, await deps.desk.command(command, step.deadlineMs));
}

async function makeSlot(
  deps: DriverDeps,
  perform: Perform,
  { upstream, withinMs }: { upstream: string; withinMs: number },
): Promise<Answered> {
  const args = { names: [slotName(perform.step.member)] };
  const command = commandOf(perform, { verb: 'slots', args }, { member: upstream, part: 'slots' });
  return fromAgent(upstream, await deps.desk.command(command, withinMs));
}

export async function startAsStandby(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { step, attempt } = perform;
  const until = deps.clock.monotonicMs() + step.deadlineMs;
  const leftMs = () => Math.max(1, Math.floor(until - deps.clock.monotonicMs()));
  const args = whereTo(deps, perform);
  // The answer of an earlier attempt may have got lost, and it follows long since.
  if (attempt > 1) {
    const earlier = await findFollowing(deps, perform, args.upstream);
    if (earlier !== undefined) return earlier;
  }
  const upstream = await readMember(deps.reach, perform.run.cluster, args.upstream);
  if (upstream.ok && upstream.facts.inRecovery === true)
    return refused(`${args.upstream} is in recovery: it leads no more, and ${step.member} is not pointed at it.`);
  const slot = slotName(step.member);
  deps.onActing(step.id);
  const slots = await makeSlot(deps, perform, { upstream: args.upstream, withinMs: leftMs() });
  if (slots.state !== 'done') return slots;
  const started = await deps.desk.command(
    commandOf(perform, { verb: 'start-as-standby', args: { ...args, slot } }),
    leftMs(),
  );
  const answer = fromAgent(step.member, started);
  return answer.state === 'ambiguous' ? ((await findFollowing(deps, perform, args.upstream)) ?? answer) : answer;
}

async function findFollowing(
  deps: DriverDeps,
  { run, step }: Perform,
  upstream: string,
): Promise<Answered | undefined> {
  const read = await readMember(deps.reach, run.cluster, step.member);
  if (!read.ok || read.facts.receiverStatus !== 'streaming' || read.facts.upstream !== upstream) return undefined;
  return done(`${step.member} streams from ${upstream} on timeline ${read.facts.timeline}.`, {
    [step.member]: read.facts,
  });
}

/** Of a rejoin the primary; of a switchover the one that was just promoted. */
function whereTo({ reach }: DriverDeps, { run }: Perform): Extract<AgentVerb, { verb: 'start-as-standby' }>['args'] {
  const upstream = leaderOf(run);
  const { replicationHost: host, replicationPort: port } = reach.member(run.cluster, upstream);
  return { upstream, host, port };
}
