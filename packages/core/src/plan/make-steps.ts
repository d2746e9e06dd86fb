// The steps of a failover, in the one order that is safe: look, fence, settle, promote, verify; then the follow-ups.
import type { Case } from '../assessment/case.ts';
import type { Ranked } from './candidate.ts';
import type { CommitPlan } from './commit-wait.ts';
import { type LeftOpen, leftOpenStep } from './left-open.ts';
import { type FastForward, fastForwardSteps } from './fast-forward.ts';
import type { FencePlan, Step } from './plan.ts';
import { withSlots } from './pointed.ts';
import { fenceStep } from './plan-fence.ts';

type Made = {
  readonly chosen: Ranked;
  readonly fence: FencePlan;
  readonly siblings: readonly string[];
  readonly timeline: number;
  readonly fastForward: FastForward;
  /** Standbys that can't follow by themselves. */
  readonly leftOpen?: readonly LeftOpen[] | undefined;
  readonly commits: CommitPlan;
  /** Made at the candidate beforehand. */
  readonly slots: readonly string[];
  /** The old primary comes back at once. */
  readonly comeBack?: readonly Step[] | undefined;
};

export function makeSteps(given: Case, made: Made): Step[] {
  const act = (step: Omit<Step, 'isFollowUp'>): Step => ({ ...step, isFollowUp: false });
  return [
    ...lookAndFence(given, made).map(act),
    ...fastForwardSteps(made.chosen.member, made.fastForward, made.fence),
    ...prepare(made).map(act),
    ...promoteAndVerify(made).map(act),
    ...made.siblings.map((id) => ({ ...repoint(id, made.chosen.member), isFollowUp: true })),
    ...(made.leftOpen ?? []).map((left) => leftOpenStep(given.topology.id, left, made.chosen.member)),
    ...(made.comeBack ?? []),
    ...awaitCommit(made.chosen.member, made.commits),
  ];
}

function lookAndFence(given: Case, { chosen, fence, siblings, slots }: Made): Omit<Step, 'isFollowUp'>[] {
  const members = [chosen.member, ...siblings].join(', ');
  const look = {
    id: 'look',
    verb: 'look',
    member: chosen.member,
    says: `Look again: is ${given.primary} still out, is ${chosen.member} as planned?`,
    command: `ask every source with a nonce; read ${members}`,
    undo: 'nothing-to-undo',
    deadlineMs: 8_000,
    doneWhen: 'a quorum still finds the primary out, and the candidate stands where the plan says',
  } as const;
  return [look, ...fenceStep(given, fence).map((step) => withSlots(step, chosen.member, slots))];
}

function prepare({ chosen: { member }, commits: { lowerTo, value = '' } }: Made): Omit<Step, 'isFollowUp'>[] {
  if (lowerTo === undefined) return [];
  const whom = lowerTo === 0 ? 'no standby' : lowerTo === 1 ? 'one standby' : `${lowerTo} standbys`;
  return [
    {
      id: 'prepare',
      verb: 'prepare',
      member,
      waitFor: lowerTo,
      says: `Let commits at ${member} wait for ${whom}: no more will follow`,
      command: `agent on ${member}: synchronous_standby_names = '${value}', reload`,
      undo: 'reversible',
      deadlineMs: 10_000,
      doneWhen: `${member} shows it`,
    },
  ];
}

/** Of commits that wait for who has still to follow: open until one came back. */
function awaitCommit(member: string, { isAwaited }: CommitPlan): Step[] {
  if (!isAwaited) return [];
  return [
    {
      id: 'await-commit',
      verb: 'await-commit',
      member,
      says: `A commit at ${member} that waits for its standbys returns`,
      command: `commit a message of a few bytes at ${member}, synchronous_commit = on`,
      undo: 'nothing-to-undo',
      deadlineMs: 10_000,
      doneWhen: 'the commit returned, acknowledged',
      isFollowUp: true,
    },
  ];
}

function promoteAndVerify({ chosen, siblings, timeline }: Made): Omit<Step, 'isFollowUp'>[] {
  const { member, lsn, systemId } = chosen;
  return [
    {
      id: 'settle',
      verb: 'settle',
      member,
      says: `${member} has all that any standby received; nobody came back`,
      command: `read ${[member, ...siblings].join(', ')} again; ask every source with a new nonce`,
      undo: 'nothing-to-undo',
      deadlineMs: 8_000,
      doneWhen: `${member} is at ${lsn} or later and no sibling is ahead`,
    },
    {
      id: 'promote',
      verb: 'promote',
      member,
      says: `Promote ${member} (timeline ${timeline} → ${timeline + 1})`,
      command: `select pg_promote(false) where in recovery, system ${systemId}, timeline ${timeline}, position >= ${lsn}, within 5 s`,
      undo: 'irreversible',
      deadlineMs: 10_000,
      doneWhen: `it is out of recovery on a timeline above ${timeline}`,
    },
    {
      id: 'verify',
      verb: 'verify',
      member,
      says: `Check ${member}: writable, newer timeline, one write committed`,
      command: `commit one heartbeat at ${member}`,
      undo: 'nothing-to-undo',
      deadlineMs: 10_000,
      doneWhen: 'a commit returned',
    },
  ];
}

function repoint(id: string, upstream: string): Omit<Step, 'isFollowUp'> {
  return {
    id: `repoint-${id}`,
    verb: 'repoint',
    member: id,
    says: `${id} follows ${upstream}`,
    command: `agent on ${id}: primary_conninfo host of ${upstream}, reload`,
    undo: 'reversible',
    deadlineMs: 20_000,
    doneWhen: `${id} streams from ${upstream} on the new timeline`,
  };
}
