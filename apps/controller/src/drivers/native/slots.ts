// Slots at the candidate for those who will follow it, made while another step waits for somebody else: the WAL that they need
// is kept from then on, and no time is spent on it. It never holds that step up: each is made again, if it has to be, when
// its member is pointed at the candidate. Given up, those that were made go again, else they would keep WAL for ever.
import { type Act, type Answered, commandOf, type DriverDeps, fromAgent, type Perform } from '../driver.ts';

const SLOTS_WITHIN_MS = 2_000;

export function makingSlots(act: Act): Act {
  return async (deps, perform) => {
    const { slots } = perform.step;
    if (slots === undefined) return await act(deps, perform);
    const [answered, made] = await Promise.all([act(deps, perform), makeSlots(deps, perform, slots)]);
    const says = made.state === 'done' ? answered.says : `${answered.says} ${made.says}`;
    return { ...answered, says, facts: { ...made.facts, ...answered.facts } };
  };
}

async function makeSlots(deps: DriverDeps, perform: Perform, names: readonly string[]): Promise<Answered> {
  const { candidate } = perform.run.plan;
  const command = commandOf(
    perform,
    { verb: 'slots', args: { names: [...names] } },
    { member: candidate, part: 'slots' },
  );
  return fromAgent(candidate, await deps.desk.command(command, Math.min(SLOTS_WITHIN_MS, perform.step.deadlineMs)));
}

export async function dropSlots(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { step } = perform;
  const args = { names: step.slots ?? [] };
  const asked = deps.desk.command(commandOf(perform, { verb: 'drop-slots', args }), step.deadlineMs);
  deps.onActing(step.id);
  return fromAgent(step.member, await asked);
}
