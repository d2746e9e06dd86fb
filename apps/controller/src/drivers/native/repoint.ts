// Repoint: a slot at the new primary, then the sibling's agent follows it; done when the sibling streams from it on the
// new timeline.
import { setTimeout as delay } from 'node:timers/promises';
import { slotName } from '@petrov/core/cluster';
import {
  ambiguous,
  type Answered,
  commandOf,
  done,
  type DriverDeps,
  fromAgent,
  type Perform,
  refused,
} from '../driver.ts';
import { readMember } from '../facts.ts';

const AGAIN_MS = 200;

export async function repoint(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { step, run } = perform;
  const candidate = whoLeads(perform);
  const upstream = deps.reach.member(run.cluster, candidate);
  if (!deps.reach.member(run.cluster, step.member).agent) {
    return refused(`${step.member} has no agent: point it at ${candidate} by hand.`);
  }
  const until = deps.clock.monotonicMs() + step.deadlineMs;
  const leftMs = () => Math.max(1, Math.floor(until - deps.clock.monotonicMs()));
  const slot = slotName(step.member);
  deps.onActing(step.id);
  const slots = fromAgent(
    candidate,
    await deps.desk.command(
      commandOf(perform, { verb: 'slots', args: { names: [slot] } }, { member: candidate, part: 'slots' }),
      leftMs(),
    ),
  );
  if (slots.state !== 'done') return slots;
  const args = { upstream: candidate, host: upstream.replicationHost, port: upstream.replicationPort, slot };
  const pointed = fromAgent(
    step.member,
    await deps.desk.command(commandOf(perform, { verb: 'repoint', args }), leftMs()),
  );
  if (pointed.state !== 'done') return pointed;
  return waitForStream(deps, perform, leftMs);
}

async function waitForStream(deps: DriverDeps, { run, step }: Perform, leftMs: () => number): Promise<Answered> {
  const candidate = whoLeads({ run, step });
  const isNew = (timeline = 0) =>
    timeline > run.plan.timeline || (candidate === run.plan.primary && timeline === run.plan.timeline);
  let last = ambiguous(`${step.member} was pointed at ${candidate} and doesn't stream from it yet.`);
  while (leftMs() > 1) {
    const read = await readMember(deps.reach, run.cluster, step.member);
    if (read.ok) {
      const { facts } = read;
      const isStreaming = facts.receiverStatus === 'streaming' && facts.upstream === candidate;
      if (isStreaming && isNew(facts.timeline)) {
        return done(`${step.member} streams from ${candidate} on timeline ${facts.timeline}.`, {
          [step.member]: facts,
        });
      }
      last = ambiguous(
        `${step.member} was pointed at ${candidate}: its receiver is ${facts.receiverStatus ?? 'not there'}.`,
        {
          [step.member]: facts,
        },
      );
    }
    await delay(AGAIN_MS);
  }
  return last;
}

/** Whom it's to follow: the promoted one, unless the step says otherwise. */
function whoLeads({ run, step }: Pick<Perform, 'run' | 'step'>): string {
  return step.from ?? run.plan.candidate;
}
