// The executor: the journal says what is next, this starts it, takes its result, and moves the proposal along. Nothing is
// performed whose `started` wasn't stored first; nothing that may still happen is called failed.
import { type JournalEvent, type LookAges, nextStep, type Run } from '../journal/index.ts';
import type { Ahead, Step } from '../plan/index.ts';
import { finish, getStuck } from './end-run.ts';
import { auditEngine } from './entries.ts';
import type { Input, StepResult } from './io.ts';
import type { Judged } from './judge.ts';
import { judgeLook } from './judge-look.ts';
import { move, note } from './move.ts';
import { refuseSecondPrimary } from './other-leader.ts';
import { applyPromotion } from './promoted.ts';
import { refuseLate } from './refuse-late.ts';
import { refuseRun } from './refuse-run.ts';
import { type ClusterState, type EngineState, withCluster } from './state.ts';
import type { Stepped } from './step.ts';
import { forgetLowered } from './sync-record.ts';

/** Whoever performs a step answers by its deadline; what isn't answered long after is ambiguous. */
const GIVE_UP_AFTER_DEADLINES = 2;

/** From an approval to a run with its first step started, all in one step of the engine. Consumes the cluster's epoch. */
export function startRun(state: EngineState, cluster: ClusterState, nowMs: number): Judged {
  const { proposal, record } = cluster;
  if (proposal?.state !== 'approved' || nowMs < state.doubtUntilMs || proposal.revision.plan.epoch !== record.epoch)
    return { cluster, effects: [] };
  if (nowMs < (proposal.request?.notBeforeMs ?? 0)) return { cluster, effects: [] };
  const { plan, digests, number } = proposal.revision;
  const run: Run = {
    id: `${proposal.id}-r1`,
    proposal: proposal.id,
    revision: number,
    cluster: proposal.cluster,
    planDigest: digests.plan,
    plan,
    capBytes: proposal.approval.capBytes,
    startedAtMs: nowMs,
    journal: [],
  };
  const moved = move(
    { ...cluster, run, inheritedEvents: undefined, looked: {}, record: { ...record, epoch: record.epoch + 1 } },
    { event: 'start', run: run.id },
  );
  const begun = proceed(state, moved.cluster, nowMs);
  return {
    cluster: begun.cluster,
    effects: [
      { type: 'store', what: 'cluster', record: moved.cluster.record },
      { type: 'store', what: 'run', run },
      ...moved.effects,
      auditEngine('P3001', `The run ${run.id} started: ${plan.steps.map(nameStep).join(', ')}.`, {
        atMs: nowMs,
        cluster: run.cluster,
        proposal: run.proposal,
        payload: { run: run.id, epoch: plan.epoch, planDigest: run.planDigest },
      }),
      ...begun.effects,
    ],
  };
}

function nameStep({ id, from, ifAhead }: Step): string {
  return ifAhead === undefined || from !== undefined ? id : `${id} if needed`;
}

/** Goes on as far as can be gone without waiting. */
export function proceed(state: EngineState, cluster: ClusterState, nowMs: number): Judged {
  const { run, proposal } = cluster;
  if (run === undefined || proposal === undefined || (proposal.state === 'stuck' && run.abandoning === undefined))
    return { cluster, effects: [] };
  const next = nextStep(run, nowMs, findLookAges(state, cluster));
  switch (next.kind) {
    case 'start':
      return start(state, cluster, { run, step: next.step, attempt: next.attempt, nowMs });
    case 'wait':
      return awaitStep(state, cluster, { run, step: next.step, attempt: next.attempt, nowMs });
    case 'stuck':
      return getStuck(cluster, run, { says: next.says, nowMs });
    case 'end':
      return finish(cluster, run, nowMs);
  }
}

function start(
  state: EngineState,
  cluster: ClusterState,
  at: { run: Run; step: Step; attempt: number; nowMs: number },
): Judged {
  const { run, step, attempt, nowMs } = at;
  const refusal = refuseRun(state, cluster, run, step) ?? refuseLate(cluster, at) ?? refuseSecondPrimary(cluster, at);
  if (refusal !== undefined) return getStuck(cluster, run, { says: refusal, nowMs });
  const nonce = `${run.id}/${step.id}/${attempt}`;
  const noted = note(cluster, run, { type: 'started', step: step.id, attempt, atMs: nowMs });
  const next: ClusterState = {
    ...noted.cluster,
    look: isLooking(step)
      ? { nonce, step: step.id, attempt, askedAtMs: nowMs, askedAtSteadyMs: state.steadyMs }
      : undefined,
  };
  return {
    cluster: next,
    effects: [
      ...noted.effects,
      auditEngine('P3002', `${step.says} (attempt ${attempt})`, {
        atMs: nowMs,
        cluster: run.cluster,
        proposal: run.proposal,
        payload: { run: run.id, step: step.id, attempt },
      }),
      {
        type: 'perform',
        run: next.run ?? run,
        step,
        attempt,
        epoch: run.plan.epoch,
        nonce,
        lookedAtSteadyMs: Math.max(...Object.values(cluster.looked ?? {})),
      },
    ],
  };
}

/** A look waits for the witnesses' answers too; a step that nobody performs any more (a restart) is ambiguous. */
function awaitStep(
  state: EngineState,
  cluster: ClusterState,
  at: { run: Run; step: Step; attempt: number; nowMs: number },
): Judged {
  const { run, step, attempt, nowMs } = at;
  const startedAtMs = run.journal.findLast((e) => e.type === 'started' && e.step === step.id)?.atMs ?? nowMs;
  const waitedMs = nowMs - startedAtMs;
  const gaveUp = isInherited(cluster, step)
    ? 'The controller was restarted while this ran.'
    : waitedMs > step.deadlineMs * GIVE_UP_AFTER_DEADLINES
      ? 'Nobody told in time how it ended.'
      : undefined;
  if (gaveUp !== undefined) {
    const result = { run: run.id, step: step.id, attempt, state: 'ambiguous', says: gaveUp, facts: {} } as const;
    return answerStep(state, { ...cluster, look: undefined }, { result, nowMs });
  }
  const { look } = cluster;
  if (look === undefined || look.step !== step.id || look.attempt !== attempt) return { cluster, effects: [] };
  const answer = judgeLook(state, cluster, { run, step, look, nowMs });
  if (answer.kind === 'wait') return { cluster, effects: [] };
  return answerStep(
    state,
    { ...cluster, look: undefined },
    {
      result: { run: run.id, step: step.id, attempt, state: answer.kind, says: answer.says, facts: look.facts ?? {} },
      ahead: answer.kind === 'refused' ? answer.ahead : undefined,
      nowMs,
    },
  );
}

/** What an earlier process looked at is looked at again. */
function findLookAges({ steadyMs }: EngineState, { looked = {} }: ClusterState): LookAges {
  return Object.fromEntries(Object.entries(looked).map(([step, atSteadyMs]) => [step, steadyMs - atSteadyMs]));
}

/** Begun by an earlier process: nobody performs it any more. */
function isInherited({ run, inheritedEvents = 0 }: ClusterState, step: Step): boolean {
  return (run?.journal.findLastIndex((e) => e.type === 'started' && e.step === step.id) ?? 0) < inheritedEvents;
}

/** A question: whoever performs it changes nothing. */
export function isLooking({ verb }: Pick<Step, 'verb'>): boolean {
  return verb === 'look' || verb === 'settle';
}

export function takeResult(state: EngineState, input: Extract<Input, { type: 'step-result' }>): Stepped {
  const { result, nowMs } = input;
  const cluster = [...state.clusters.values()].find((c) => c.run?.id === result.run);
  if (cluster?.run === undefined) return { state, effects: [] };
  const next = nextStep(cluster.run, nowMs, findLookAges(state, cluster));
  const isExpected = next.kind === 'wait' && next.step.id === result.step && next.attempt === result.attempt;
  const isLook = cluster.look?.step === result.step && cluster.look.attempt === result.attempt;
  // Of an attempt that was given up, or that an earlier process began: the next look finds what it did.
  const isLate = next.kind === 'wait' && (isInherited(cluster, next.step) || (isLooking(next.step) && !isLook));
  if (!isExpected || isLate) return { state, effects: [] };
  if (isLook && result.state === 'done' && cluster.look !== undefined) {
    const waiting = { ...cluster, look: { ...cluster.look, facts: result.facts } };
    const went = proceed(state, waiting, nowMs);
    return { state: withCluster(state, went.cluster), effects: went.effects };
  }
  const answered = answerStep(state, { ...cluster, look: isLook ? undefined : cluster.look }, { result, nowMs });
  return { state: withCluster(state, answered.cluster), effects: answered.effects };
}

function noteLook({ steadyMs }: EngineState, cluster: ClusterState, { step, state }: StepResult): ClusterState {
  const isLook = cluster.run?.plan.steps.some((s) => s.id === step && isLooking(s)) === true;
  return isLook && state === 'done' ? { ...cluster, looked: { ...cluster.looked, [step]: steadyMs } } : cluster;
}

function answerStep(
  state: EngineState,
  cluster: ClusterState,
  { result, ahead, nowMs }: { result: StepResult; ahead?: Ahead | undefined; nowMs: number },
): Judged {
  const { run } = cluster;
  if (run === undefined) return { cluster, effects: [] };
  const { step, attempt, says } = result;
  const event: JournalEvent =
    result.state === 'done'
      ? { type: 'done', step, attempt, atMs: nowMs, says, facts: { ...result.facts } }
      : {
          type: result.state,
          step,
          attempt,
          atMs: nowMs,
          says,
          ...sentOrNot(result),
          ...(ahead === undefined ? {} : { ahead }),
        };
  const noted = note(noteLook(state, cluster, result), run, event);
  const code = ({ done: 'P3003', refused: 'P3004', ambiguous: 'P3005' } as const)[result.state];
  const audit = auditEngine(code, `${step}: ${says}`, {
    atMs: nowMs,
    cluster: run.cluster,
    proposal: run.proposal,
    payload: { run: run.id, step, attempt, facts: result.facts },
  });
  const learnt =
    result.state === 'done' ? learn(noted.cluster, result, nowMs) : { cluster: noted.cluster, effects: [] };
  const went = proceed(state, learnt.cluster, nowMs);
  return { cluster: went.cluster, effects: [...noted.effects, audit, ...learnt.effects, ...went.effects] };
}

/** What the record learns from a step of the plan that is done. */
function learn(cluster: ClusterState, result: StepResult, nowMs: number): Judged {
  const step = cluster.run?.plan.steps.find((s) => s.id === result.step);
  if (step?.verb === 'promote') return applyPromotion(cluster, result, nowMs);
  return step?.verb === 'restore-sync' ? forgetLowered(cluster, step.member) : { cluster, effects: [] };
}

function sentOrNot({ state, isUnsent }: StepResult): { isUnsent?: true } {
  return state === 'ambiguous' && isUnsent === true ? { isUnsent } : {};
}
