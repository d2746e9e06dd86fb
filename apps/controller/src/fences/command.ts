// Fencing by a command of the operator's own: program and arguments from the configuration, no shell, nothing in its
// environment but the names of cluster and member. Exit 0 = done, 3 = refused and nothing was changed; all else, a signal and
// a timeout included, = nobody knows.
import { sayDuration } from '@petrov/core/assessment';
import type { CommandFence } from '@petrov/core/wire';
import { ambiguous, type Answered, type DriverDeps, done, type Perform, refused } from '../drivers/driver.ts';
import { runBounded } from './command/run-bounded.ts';
import type { Fence } from './fence.ts';

const REFUSED = 3;
const SAID_MAX = 300;

export function createCommandFence({ off, on }: CommandFence): Fence {
  return {
    fence: (deps, perform) => runFor(deps, perform, off),
    unfence: async (deps, perform) =>
      on === undefined
        ? refused(`The configuration has no command that lifts the fence of ${perform.step.member}: do it by hand.`)
        : await runFor(deps, perform, on),
  };
}

async function runFor(deps: DriverDeps, { run, step }: Perform, argv: readonly string[]): Promise<Answered> {
  const { member, deadlineMs } = step;
  const env = { PETROV_CLUSTER: run.cluster, PETROV_MEMBER: member };
  const running = runBounded(argv, { env, withinMs: deadlineMs });
  deps.onActing(step.id);
  const ended = await running;
  const program = argv[0] ?? '';
  if (ended.is === 'not-run') return refused(`${program} can't be run for ${member}: ${ended.says}. Nothing was done.`);
  const facts = { [member]: { proof: ended.said } };
  const said = ended.said === '' ? '' : ` It said: ${ended.said.slice(-SAID_MAX)}`;
  if (ended.is === 'late')
    return ambiguous(
      `${program} for ${member} didn't end within ${sayDuration(deadlineMs)} and was killed.${said}`,
      facts,
    );
  if (ended.code === 0) return done(`${program} for ${member} ended with exit code 0.${said}`, facts);
  const how = ended.code === null ? `signal ${ended.signal}` : `exit code ${ended.code}`;
  if (ended.code === REFUSED) return refused(`${program} for ${member} refused (${how}).${said}`, facts);
  return ambiguous(`${program} for ${member} ended with ${how}: what it did isn't known.${said}`, facts);
}
