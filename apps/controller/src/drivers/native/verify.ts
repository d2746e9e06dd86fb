// Verify: is the promoted member writable, on a newer timeline, and did one commit come back? The proof is a commit of our
// own over SQL: a logical message of a few bytes in the WAL, flushed, at synchronous_commit local. Any role may write one;
// it needs no table, no agent and no witness, and changes no data.
import type { MemberFacts } from '@petrov/core/wire';
import { explainFailure, withConnection } from '@petrov/runtime/postgres';
import { setTimeout as delay } from 'node:timers/promises';
import { ambiguous, type Answered, done, type DriverDeps, type Perform } from '../driver.ts';
import { type Ask, askFacts, READ_WITHIN_MS } from '../facts.ts';

const AGAIN_MS = 50;

export async function verify(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { step, run } = perform;
  deps.onActing(step.id);
  const until = deps.clock.monotonicMs() + step.deadlineMs;
  let last = ambiguous(`${step.member} couldn't be read.`);
  do {
    last = await verifyOnce(deps, perform);
    if (last.state !== 'ambiguous') return last;
    await delay(AGAIN_MS);
  } while (deps.clock.monotonicMs() < until);
  return { ...last, says: `${last.says} The promotion of ${run.plan.candidate} isn't proven.` };
}

async function verifyOnce(deps: DriverDeps, { run, step }: Perform): Promise<Answered> {
  try {
    return await withConnection(deps.reach.target(run.cluster, step.member), READ_WITHIN_MS, async (ask) => {
      const facts = await askFacts(ask, deps.reach.cluster(run.cluster));
      const missing = findMissing(facts, run.plan.timeline);
      if (missing !== undefined) return ambiguous(`${step.member} ${missing}.`, { [step.member]: facts });
      await commitOne(ask);
      return done(`${step.member} takes writes on timeline ${facts.timeline}: one commit came back.`, {
        [step.member]: facts,
      });
    });
  } catch (error) {
    return ambiguous(`${step.member}: ${explainFailure(error).says}.`);
  }
}

function findMissing(facts: MemberFacts, timeline: number): string | undefined {
  if (facts.inRecovery !== false) return 'is still in recovery';
  return (facts.timeline ?? 0) > timeline
    ? undefined
    : `is on timeline ${facts.timeline ?? 'unknown'}, planned was a newer one than ${timeline}`;
}

async function commitOne(ask: Ask): Promise<void> {
  await ask('BEGIN');
  await ask('SET LOCAL synchronous_commit = local');
  await ask("SELECT pg_logical_emit_message(true, 'petrov', 'verify')");
  const { warnings } = await ask('COMMIT');
  if (warnings.length > 0) throw new Error(`the commit came back with a warning: ${warnings.join('; ')}`);
}
