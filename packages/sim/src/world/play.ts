// Plays a scenario: a seeded world in steps of a tenth of a second, the controller in it, the operator, and the promises
// checked all the time. The transcript is what a person would tell of that night.
import { overridesShown } from '@petrov/core/approval';
import type { DecisionInput, StepResult } from '@petrov/core/engine';
import type { Run } from '@petrov/core/journal';
import { isEnded, type Proposal } from '@petrov/core/proposal';
import type { Death, Happening, Scenario } from '@petrov/scenarios';
import { carryOut } from './acts.ts';
import {
  forceWritable,
  getMember,
  handOver,
  kill,
  liveOn,
  type Member,
  promotePending,
  promoteServer,
  start,
  stop,
  switchHost,
} from './postgres.ts';
import { CLUSTER, probeAll, reportOfHosts } from './sources.ts';
import { createWorld, START_MS, WELL_MS, type World } from './world.ts';

const STEP_MS = 100;
const RESTART_AFTER_MS = 2_000;
const TICK_EVERY_MS = 200;
const ada = { id: 'ada', name: 'Ada' };
const bob = { id: 'bob', name: 'Bob' };

export type Played = {
  readonly transcript: string;
  readonly broken: readonly string[];
  readonly verdicts: readonly string[];
  readonly proposals: readonly Proposal[];
  readonly promotions: number;
  readonly runs: readonly Run[];
  /** Whether the controller's death came about: the scenario has such a point. */
  readonly hasDied: boolean;
};

export function play(scenario: Scenario, given: { readonly seed: number; readonly death?: Death | undefined }): Played {
  const world = createWorld(scenario, given);
  const endMs = START_MS + WELL_MS + scenario.lastsMs;
  for (; world.view.nowMs < endMs; world.view.nowMs += STEP_MS) liveAStep(world, scenario);
  const { controller, promises } = world;
  return {
    transcript: [`# ${scenario.name} (seed ${given.seed})`, scenario.about, '', ...world.lines, ''].join('\n'),
    broken: promises.broken,
    verdicts: world.verdicts,
    proposals: [...world.proposals.values()],
    promotions: promises.promotions,
    runs: [...world.runs.values()],
    hasDied: controller.hasDied,
  };
}

function liveAStep(world: World, scenario: Scenario): void {
  const { view, controller, pending, promises } = world;
  const { nowMs, servers } = view;
  for (const due of world.happenings.filter((h) => isDue(world, h))) happen(world, due);
  liveOn(servers, nowMs);
  for (const { epoch, member } of promotePending(servers)) countPromotion(world, epoch, member);
  for (const witness of world.witnesses) pending.push(...probeAll(witness, view));
  if ((nowMs - START_MS) % 1_000 === 500) pending.push(...reportOfHosts(view));
  bringBack(world);
  finishActs(world);
  promises.look(servers, nowMs);
  const ready = pending.filter((o) => o.atMs <= nowMs && (view.deafSinceMs === undefined || o.by.startsWith('agent:')));
  world.pending.splice(0, pending.length, ...pending.filter((o) => o.atMs > nowMs));
  for (const seen of ready) promises.hear(seen);
  if (ready.length > 0) controller.feed({ type: 'observations', nowMs, observations: ready });
  if ((nowMs - START_MS) % TICK_EVERY_MS === 0) controller.feed({ type: 'tick', nowMs, deafSinceMs: view.deafSinceMs });
  decide(world, scenario);
}

function isDue({ view, controller }: World, { atMs, afterStep, duringStep }: Happening): boolean {
  const journal = controller.stored.run?.journal ?? [];
  const has = (type: 'started' | 'done', step: string | undefined) =>
    step === undefined || journal.some((e) => e.type === type && e.step === step);
  return has('done', afterStep) && has('started', duringStep) && START_MS + WELL_MS + atMs <= view.nowMs;
}

function happen(world: World, what: Happening): void {
  const { view, happenings } = world;
  happenings.splice(happenings.indexOf(what), 1);
  if (what.what === 'redis-away' || what.what === 'redis-back') {
    world.tell('world', what.what);
    view.deafSinceMs = what.what === 'redis-away' ? view.nowMs : undefined;
    return;
  }
  const member = getMember(view.servers, what.member);
  world.tell('world', `${what.what} ${what.member}`);
  switch (what.what) {
    case 'ask-switchover':
    case 'ask-rejoin':
    case 'ask-clone':
      return ask(world, what);
    case 'give-up':
      return answer(world, { kind: 'abandon', reason: 'it takes too long', who: ada });
    case 'lose-wal':
      member.lacksWal = true;
      return;
    case 'fill-disk':
    case 'free-disk':
      member.isFull = what.what === 'fill-disk';
      return;
    case 'kill':
      return kill(member);
    case 'force-writable':
      return forceWritable(member, view.nowMs);
    case 'stop':
      return stop(member);
    case 'host-off':
    case 'host-on':
      return switchHost(member, what.what === 'host-on');
    case 'promote-by-hand':
      return promoteServer(member);
    case 'hand-over':
      return handOver(view.servers, member, view.nowMs);
    case 'freeze':
      view.frozenAtMs.set(member.id, view.nowMs);
      member.process = 'frozen';
      return;
    case 'thaw':
      if (member.process === 'frozen') member.process = 'running';
      return;
    case 'start':
      return start(member, view.nowMs, 1_000);
    case 'restart':
      return start(member, view.nowMs, what.startingForMs);
    case 'block-replay':
    case 'release-replay':
      member.isReplayBlocked = what.what === 'block-replay';
      return;
    case 'cut-monitoring':
      view.cut.add(member.id);
      return;
    case 'heal-monitoring':
      view.cut.delete(member.id);
      return;
  }
}

function bringBack({ controller, lives, view, tell }: World): void {
  if (controller.state !== undefined) return;
  if (lives.downUntilMs === 0) lives.downUntilMs = view.nowMs + RESTART_AFTER_MS;
  if (view.nowMs < lives.downUntilMs) return;
  Object.assign(lives, { started: lives.started + 1, downUntilMs: 0 });
  tell('controller', 'started again');
  controller.start();
}

/** Acts end in the world whoever sent them; only the process that sent one hears of it. */
function finishActs(world: World): void {
  const { view, acts, controller, lives } = world;
  for (const act of acts.filter((a) => a.dueAtMs <= view.nowMs)) {
    acts.splice(acts.indexOf(act), 1);
    const before = getMember(view.servers, act.perform.step.member).timeline;
    const result: StepResult = carryOut(view.servers, act.perform, view.nowMs);
    const after = getMember(view.servers, act.perform.step.member);
    if (act.perform.step.verb === 'promote' && after.timeline > before) countPromotion(world, act.perform.epoch, after);
    lives.acted += 1;
    if (controller.isKilledAfterAct(lives.acted) || act.sender !== lives.started) continue;
    controller.feed({ type: 'step-result', nowMs: view.nowMs, result });
  }
}

function countPromotion({ view, controller, promises }: World, epoch: number, member: Member): void {
  const lost = Math.max(0, view.servers.acknowledged.position - member.forkedAt);
  promises.promoted(epoch, lost, controller.stored);
}

function ask({ view, controller }: World, { what, member }: Extract<Happening, { member: string }>): void {
  controller.feed({
    type: 'request',
    nowMs: view.nowMs,
    request: {
      id: `q-${view.nowMs}`,
      cluster: CLUSTER,
      kind: what === 'ask-switchover' ? 'switchover' : 'rejoin',
      how: what === 'ask-clone' ? 'clone' : 'rewind',
      member,
      actor: { id: 'ada', name: 'Ada', role: 'approver', via: 'cli' },
      proof: { kind: 'session', sessionId: 's', signedInAtMs: START_MS },
      reason: 'its host is to be patched.',
    },
  });
}

/** Two seconds to read, then an answer; a stuck run is let go on or given up, once. Of two, the first tries twice before the other. */
function decide(world: World, scenario: Scenario): void {
  const { controller, operator, view } = world;
  const { proposal } = controller.stored;
  if (scenario.operator === 'nobody' || proposal === undefined || isEnded(proposal.state)) return;
  const seen = `${proposal.id}/${proposal.state}`;
  if (operator.seen !== seen) Object.assign(operator, { seen, nextAtMs: view.nowMs + 2_000 });
  if (view.nowMs < operator.nextAtMs || controller.state === undefined) return;
  operator.nextAtMs = view.nowMs + 1_000;
  const isStuck = proposal.state === 'stuck';
  if (!isStuck && proposal.state !== 'open') return;
  const leavesFence = scenario.operator === 'leaves-fence';
  if (operator.resumed && !leavesFence && (isStuck || scenario.operator === 'gives-up')) return;
  const stuck = leavesFence || scenario.operator === 'gives-up' ? 'abandon' : 'resume';
  const kind = isStuck ? stuck : scenario.operator === 'rejects' ? 'reject' : 'approve';
  if (kind === 'approve') operator.approvals += 1;
  const isSecond = scenario.operator === 'two-approve' && operator.approvals > 2;
  const reason = isStuck ? 'it is stuck' : 'all sources agree';
  answer(world, { kind, reason, who: isSecond ? bob : ada, leavesFence: isStuck && leavesFence });
  operator.resumed ||= isStuck && controller.state !== undefined; // whom nobody answered asks again
}

type Answer = Pick<DecisionInput, 'kind' | 'reason'> & {
  readonly who: Pick<DecisionInput['actor'], 'id' | 'name'>;
  readonly leavesFence?: boolean | undefined;
};

function answer({ controller, view, promises }: World, { kind, reason, who, leavesFence }: Answer): void {
  const { proposal } = controller.stored;
  if (proposal === undefined) return;
  const decision: DecisionInput = {
    id: `d-${view.nowMs}`,
    proposal: proposal.id,
    kind,
    revision: proposal.revision.number,
    digests: proposal.revision.digests,
    actor: { ...who, role: 'approver', via: 'console' },
    proof: { kind: 'session', sessionId: who.id, signedInAtMs: START_MS },
    reason,
    displayed: {},
    ...(kind === 'approve' ? { overrides: overridesShown(proposal.revision.plan) } : {}),
    ...(leavesFence === true ? { leavesFence } : {}),
  };
  promises.answer(decision);
  controller.feed({ type: 'decision', nowMs: view.nowMs, decision });
}
