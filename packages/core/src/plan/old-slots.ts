// Slots that a member had for others and needs no more: nobody reads from one, and it keeps all WAL since, until the disk is
// full, on a standby too. A rewind takes them away with all else; who is only started has them still. What goes is only what
// was surely for a member that follows somebody else now.
import { sayBytes } from '../assessment/words.ts';
import { slotName } from '../cluster/index.ts';
import type { Step } from './plan.ts';

export type SlotSeen = {
  readonly name: string;
  readonly kind: 'physical' | 'logical';
  readonly isActive: boolean;
  /** WAL since the place that it holds; absent = it holds none. */
  readonly keptBytes?: number | undefined;
};

export type OldSlots = {
  /** For members that follow somebody else. */
  readonly drop: readonly string[];
  /** For members of which nobody knows whom they follow: they stay, and that's left open. */
  readonly unclear: readonly string[];
  /** Not Petrov's to drop, and said: of others, logical ones. */
  readonly foreign: readonly string[];
};

/** `follows`: whom each member streams from, the primary itself; of whom it isn't known, nothing. */
export function findOldSlots(
  at: string,
  slots: readonly SlotSeen[],
  given: { readonly members: readonly string[]; readonly follows: ReadonlyMap<string, string> },
): OldSlots {
  const found = { drop: [] as string[], unclear: [] as string[], foreign: [] as string[] };
  for (const slot of slots.filter(({ isActive }) => !isActive)) {
    const isFor = (id: string) => id !== at && slot.kind === 'physical' && slotName(id) === slot.name;
    const member = given.members.find(isFor);
    const upstream = member === undefined ? undefined : given.follows.get(member);
    if (member === undefined) found.foreign.push(saySlot(slot));
    else if (upstream === undefined) found.unclear.push(`${saySlot(slot)}: whom ${member} follows is not known`);
    else if (upstream !== at) found.drop.push(slot.name);
  }
  return found;
}

/** With what it costs. */
export function saySlot({ name, kind, keptBytes }: SlotSeen): string {
  const of = kind === 'logical' ? ' (logical)' : '';
  return `${name}${of}${keptBytes === undefined ? '' : ` holds back ${sayBytes(Math.max(0, keptBytes))} of WAL`}`;
}

/** After a member came back: what it kept for those who follow somebody else now, and what its primary kept likewise. */
export function dropOldSlots(member: string, primary: string): Step {
  return {
    id: 'drop-old-slots',
    verb: 'drop-old-slots',
    member,
    says: `Drop the slots at ${member} and ${primary} whose members follow somebody else`,
    command: `agent on ${member}, on ${primary}: pg_drop_replication_slot of physical slots that are named for members and that nobody uses`,
    undo: 'reversible',
    deadlineMs: 15_000,
    doneWhen: 'no slot keeps WAL for a member that follows somebody else',
    isFollowUp: true,
  };
}
