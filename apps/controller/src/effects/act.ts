// Acts that the engine asks for, after their transaction: a look goes to whoever can look; a step to its cluster's driver.
import type { StepResult } from '@petrov/core/engine';
import { perform } from '../drivers/index.ts';
import { readMember } from '../drivers/facts.ts';
import type { DriverDeps } from '../drivers/driver.ts';
import type { CrashPoints } from '../loop/crash-points.ts';
import type { Act } from '../loop/engine-loop.ts';

const AGENT_LOOK_WITHIN_MS = 2_000;

export function createAct(deps: DriverDeps, crash: CrashPoints): (act: Act) => Promise<StepResult | undefined> {
  return async (act) => {
    if (act.type === 'look') return ask(deps, act);
    crash.act('before', act.step.id);
    const result = await perform(deps, act);
    crash.act('after', act.step.id);
    return result;
  };
}

/** What is seen then comes as observations, from each by its own way. */
async function ask(deps: DriverDeps, { cluster, nonce, forMs }: Extract<Act, { type: 'look' }>): Promise<undefined> {
  const members = deps.reach.cluster(cluster).members.map(({ id }) => id);
  const agents = members.filter((member) => deps.desk.isListening(member));
  // Of what may come next, sessions are at hand then; what they tell now is asked anew at its time.
  const sessions = members.map((member) => readMember(deps.reach, cluster, member));
  await Promise.all([
    ...sessions,
    deps.askLook({ cluster, nonce, forMs }),
    ...agents.map((member) =>
      deps.desk.command(
        { verb: 'look', args: {}, id: `${nonce}/${member}`, cluster, member, epoch: 0 },
        AGENT_LOOK_WITHIN_MS,
      ),
    ),
  ]);
  return undefined;
}
