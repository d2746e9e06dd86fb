// A standby follows another member, by its agent: a slot there where one is needed, then the pointing.
import { type Answered, commandOf, done, type DriverDeps, fromAgent, type Perform } from '../../drivers/driver.ts';
import { slotName } from '@petrov/core/cluster';

export async function follow(
  deps: DriverDeps,
  perform: Perform,
  of: {
    readonly member: string;
    readonly upstream: string;
    readonly leftMs: () => number;
    /** It's enough that it was pointed there: the upstream may not answer yet, and has its slots. */
    readonly isPointedEnough?: boolean;
  },
): Promise<Answered> {
  const { member, upstream, leftMs } = of;
  const slot = slotName(member);
  if (of.isPointedEnough !== true) {
    const at = { member: upstream, part: `slot-${slot}` };
    const asked = deps.desk.command(commandOf(perform, { verb: 'slots', args: { names: [slot] } }, at), leftMs());
    const slots = fromAgent(upstream, await asked);
    if (slots.state !== 'done') return slots;
  }
  const { replicationHost: host, replicationPort: port } = deps.reach.member(perform.run.cluster, upstream);
  const args = { upstream, host, port, slot };
  const at = { member, part: `follow-${slot}` };
  const answer = fromAgent(
    member,
    await deps.desk.command(commandOf(perform, { verb: 'repoint', args }, at), leftMs()),
  );
  const isPointed = answer.state === 'ambiguous' && answer.facts[member] !== undefined;
  return of.isPointedEnough === true && isPointed ? done(answer.says, answer.facts) : answer;
}
