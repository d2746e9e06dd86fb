// What the controller's acts do to the modelled servers, and what they answer. An act goes on though who sent it has died;
// a command that was seen before is answered as before and acts no second time.
import type { StepResult } from '@petrov/core/engine';
import type { MemberFacts } from '@petrov/core/wire';
import type { Perform } from '../explore/model.ts';
import { getMember, isWritable, lsnOf, type Member, promoteServer, type Servers, SYSTEM } from './postgres.ts';

const TAKES_MS = {
  look: 60,
  settle: 60,
  fence: 300,
  promote: 80,
  verify: 30,
  repoint: 300,
  unfence: 50,
  'drop-promotion': 500,
  'fast-forward': 500,
  prepare: 50,
  'await-commit': 50,
  'drop-slots': 50,
  'restore-sync': 50,
  rewind: 6_000,
  clone: 5_000,
  'start-as-standby': 800,
  'drop-old-slots': 50,
} as const;

type Answer = Pick<StepResult, 'state' | 'says' | 'facts'>;

/** Nobody answers for a host that is gone: whoever sent the act waits it out. */
export function durationOf(servers: Servers, perform: Perform): number {
  return isUnanswered(servers, perform) ? perform.step.deadlineMs : TAKES_MS[perform.step.verb];
}

/** What needs an agent on a host that is gone. */
function isUnanswered(servers: Servers, { run, step }: Perform): boolean {
  const isLooking = step.verb === 'look' || step.verb === 'settle';
  const needsNobody = isLooking || (step.verb === 'fence' && run.plan.fence.method === 'unfenced');
  return !needsNobody && getMember(servers, step.member).process === 'off';
}

/** The act itself, at the moment when it's through. */
export function carryOut(servers: Servers, perform: Perform, nowMs: number): StepResult {
  const { run, step, attempt } = perform;
  const answered: Answer = isUnanswered(servers, perform)
    ? { state: 'ambiguous', says: `The agent on ${step.member} did not answer.`, facts: {} }
    : answer(servers, perform, nowMs);
  return { run: run.id, step: step.id, attempt, ...answered };
}

function answer(servers: Servers, perform: Perform, nowMs: number): Answer {
  const { run, step } = perform;
  const member = getMember(servers, step.member);
  const done = (says: string, facts: MemberFacts = {}): Answer => ({
    state: 'done',
    says,
    facts: { [member.id]: facts },
  });
  const refused = (says: string): Answer => ({ state: 'refused', says, facts: {} });
  switch (step.verb) {
    case 'look':
    case 'settle':
      return look(servers, perform);
    case 'fence':
      if (run.plan.fence.method !== 'unfenced') return fence(servers, run.plan.kind === 'switchover', member);
      return isWritable(member)
        ? refused('It answers and is out of recovery.')
        : { state: 'done', says: 'Nothing was stopped: it may still take writes.', facts: {} };
    case 'promote': {
      if (isWritable(member) && member.timeline > run.plan.timeline) return done('It is promoted.', factsOf(member));
      const settledAtMs = run.journal.findLast((e) => e.type === 'done' && e.step === 'settle')?.atMs ?? 0;
      if (member.process !== 'running' || member.timeline !== run.plan.timeline || nowMs - settledAtMs > 5_000)
        return refused(`${member.id} is not what the plan says.`);
      if (member.isReplayBlocked) {
        member.pendingPromotion = perform.epoch;
        return { state: 'ambiguous', says: `${member.id} was told to promote; it may follow later.`, facts: {} };
      }
      promoteServer(member);
      return done(`It is out of recovery on timeline ${member.timeline}.`, factsOf(member));
    }
    case 'verify':
    case 'await-commit':
      return isWritable(member) ? done('A commit returned.', factsOf(member)) : refused('It takes no commit.');
    case 'repoint':
      Object.assign(member, { upstream: run.plan.candidate, receiver: 'connecting', retryAtMs: nowMs });
      return done(`It follows ${run.plan.candidate}.`);
    case 'unfence':
      if (member.isHalfWay) return refused('It holds a rewind that ended half-way.');
      if (servers.members.some((m) => m !== member && isWritable(m))) return refused('Another member takes writes.');
      Object.assign(member, { isFenced: false, inRecovery: false });
      return done('The start gate is open.');
    case 'prepare':
    case 'restore-sync':
    case 'drop-slots':
      return done('It waits for whom it was told.');
    case 'drop-old-slots':
      return done('No slot keeps WAL for a member that follows somebody else.');
    case 'fast-forward':
    case 'rewind':
    case 'clone':
    case 'start-as-standby':
      return takeFromAnother(servers, perform, nowMs);
    case 'drop-promotion':
      if (isWritable(member)) return refused('It was promoted after all.');
      member.pendingPromotion = undefined; // stopped and started: measured to drop it
      return done('It is in recovery.', factsOf(member));
  }
}

function look({ members }: Servers, { run: { plan }, step }: Perform): Answer {
  const read = members.filter((m) => m.process === 'running' && !(plan.kind === 'failover' && m.id === plan.primary));
  const facts: Record<string, MemberFacts> = Object.fromEntries(read.map((m) => [m.id, factsOf(m)]));
  if (plan.kind === 'rejoin') facts[step.member] ??= { postgres: 'absent' }; // its agent says so
  return { state: 'done', says: `Read ${Object.keys(facts).join(', ')}.`, facts };
}

/** What gives a member another's WAL, data or stream. */
function takeFromAnother(servers: Servers, { run, step }: Perform, nowMs: number): Answer {
  const member = getMember(servers, step.member);
  const leads = run.plan.kind === 'rejoin' ? run.plan.primary : run.plan.candidate;
  const from = getMember(servers, step.from ?? leads);
  const done = (says: string): Answer => ({ state: 'done', says, facts: { [member.id]: factsOf(member) } });
  const refused = (why: string): Answer => ({ state: 'refused', says: `${member.id} ${why}`, facts: {} });
  switch (step.verb) {
    case 'fast-forward':
      member.position = Math.max(member.position, from.position);
      return done(`It took all of ${from.id}.`);
    case 'rewind':
      if (member.lacksWal)
        return refused(`can't be rewound from ${from.id}: could not find previous WAL record. Its data is as it was.`);
      if (!isWritable(from)) return endHalfWay(member, from);
      Object.assign(member, { position: Math.min(member.position, from.forkedAt), isHalfWay: false });
      return done('rewind ended well.');
    case 'clone':
      if (member.isFull) return refused('was not cloned: no space left on device. Nothing of it was changed.');
      if (!isWritable(from)) return refused(`was not cloned: ${from.id} went away. Nothing of it was changed.`);
      Object.assign(member, { position: from.position, timeline: from.timeline, lacksWal: false, isHalfWay: false });
      return done('clone ended well.');
    default: {
      if (member.isHalfWay) return refused('holds a rewind that ended half-way: rewind or clone it again.');
      if (from.process === 'running' && from.inRecovery)
        return refused(`is not pointed at ${from.id}, which is in recovery: it leads no more.`);
      const follows = { upstream: from.id, receiver: 'connecting', retryAtMs: nowMs } as const;
      Object.assign(member, { process: 'running', inRecovery: true, isFenced: false, startedAtMs: nowMs, ...follows });
      return done(`It follows ${from.id}.`);
    }
  }
}

/** The source went away after the first byte was changed. */
function endHalfWay(member: Member, from: Member): Answer {
  member.isHalfWay = true;
  return { state: 'ambiguous', says: `The rewind of ${member.id} ended half-way: ${from.id} went away.`, facts: {} };
}

/** A clean stop ends only when connected standbys have its last WAL. */
function fence(servers: Servers, isClean: boolean, member: Member): Answer {
  const wasWritable = isWritable(member);
  member.isForced = false;
  Object.assign(member, { process: 'absent', isFenced: true, inRecovery: true });
  const followers = servers.members.filter((m) => m.upstream === member.id && m.receiver === 'streaming');
  if (isClean && wasWritable) for (const one of followers) one.position = member.position;
  const proof = { processesLeft: 0, fenced: true, standbySignal: true };
  if (wasWritable) member.isClean = isClean;
  const end = { controlState: isClean && member.isClean ? 'shut down' : 'in production', lsn: lsnOf(member) };
  return {
    state: 'done',
    says: 'No process is left, a start is read-only.',
    facts: { [member.id]: { ...proof, ...end } },
  };
}

function factsOf(member: Member): MemberFacts {
  const { inRecovery, timeline, receiver } = member;
  const position = inRecovery
    ? { receivedLsn: lsnOf(member), replayedLsn: lsnOf(member), receiverStatus: receiver }
    : { lsn: lsnOf(member) };
  return { postgres: 'running', inRecovery, timeline, systemIdentifier: SYSTEM, ...position };
}
