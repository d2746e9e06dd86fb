// One letter applied to the model: inputs for the engine, its effects performed as the shell would (store first, then the
// new state, then the acts). Every single step of the engine is shown to a watcher.
import type { Effect, Input, StepResult } from '@petrov/core/engine';
import { isEnded } from '@petrov/core/proposal';
import type { Letter } from './alphabet.ts';
import { type Ending, toResult } from './answer.ts';
import { isBad, observe, recordAnswers } from './hear.ts';
import type { Act, Engine, Model } from './model.ts';
import { type Decided, toDecision, toRequest } from './people.ts';
import { afterAnswer, afterSending, afterTakeOver } from './truth.ts';

/** Sees each step of the engine: the model before, what came in, what came out, the model after. */
export type Watcher = (seen: { before: Model; input: Input; effects: readonly Effect[]; after: Model }) => void;
type Feed = (to: Model, input: Input) => Model;

export function applyLetter(engine: Engine, model: Model, letter: Letter, watch: Watcher): Model {
  const feed: Feed = (to, input) => stepOnce(engine, to, input, watch);
  switch (letter.does) {
    case 'hear':
      return hear(model, letter, feed);
    case 'decide':
      return decide(model, letter, feed);
    case 'ask': {
      const spent = { ...model.spent, requests: model.spent.requests + 1 };
      const request = toRequest(model, letter);
      const asked = feed(model, { type: 'request', nowMs: model.nowMs, request });
      const { proposal } = asked.stored;
      if (proposal === undefined || proposal === model.stored.proposal) return asked;
      const at = request.notBeforeMs === undefined ? {} : { [proposal.id]: request.notBeforeMs };
      return { ...asked, spent, truth: { ...asked.truth, scheduled: { ...asked.truth.scheduled, ...at } } };
    }
    case 'answer':
      return answer(model, { act: model.outstanding[letter.index], ending: letter.with }, feed);
    case 'answer-late':
      return answerLate(model, model.orphaned[letter.index], feed);
    case 'answer-again':
      return model.answered === undefined
        ? model
        : feed({ ...model, answered: undefined }, { type: 'step-result', nowMs: model.nowMs, result: model.answered });
    case 'restart':
      return restart(engine, model, letter.how);
  }
}

function stepOnce(engine: Engine, before: Model, input: Input, watch: Watcher): Model {
  const { state, effects } = engine.step(before.engine, input);
  let after: Model = { ...before, engine: state };
  for (const effect of effects) after = performEffect(after, effect);
  watch({ before, input, effects, after });
  return after;
}

function performEffect(model: Model, effect: Effect): Model {
  const { stored } = model;
  if (effect.type === 'store') {
    if (effect.what === 'cluster') return { ...model, stored: { ...stored, record: effect.record } };
    if (effect.what === 'proposal') return { ...model, stored: { ...stored, proposal: effect.proposal } };
    const { run } = stored;
    if (effect.what === 'run') {
      const journal = run?.id === effect.run.id ? run.journal : effect.run.journal;
      return { ...model, stored: { ...stored, run: { ...effect.run, journal } } };
    }
    if (run === undefined || run.id !== effect.run) throw new Error(`the journal names an unknown run ${effect.run}`);
    if (effect.seq !== run.journal.length + 1) throw new Error(`the journal has a gap or a double at ${effect.seq}`);
    return { ...model, stored: { ...stored, run: { ...run, journal: [...run.journal, effect.event] } } };
  }
  if (effect.type !== 'perform') return model;
  return {
    ...model,
    truth: afterSending(model.truth, effect),
    outstanding: [
      ...model.outstanding.filter((p) => p.step.id !== effect.step.id),
      { ...effect, sentAtMs: model.nowMs },
    ],
  };
}

function hear(model: Model, { says, afterMs, by }: Extract<Letter, { does: 'hear' }>, feed: Feed): Model {
  const truth = by === undefined ? model.truth : afterTakeOver(model.truth, by);
  const later: Model = { ...model, truth, nowMs: model.nowMs + afterMs, answered: undefined };
  const { nowMs } = later;
  if (says === 'nothing') return feed(later, { type: 'tick', nowMs });
  const told = { ...later, truth: recordAnswers(later, says) };
  const heard = feed(told, { type: 'observations', nowMs, observations: observe(later, says) });
  const ticked = feed(heard, { type: 'tick', nowMs });
  const toldLeader = isBad(says) ? ticked.truth.toldLeader : ticked.truth.leader;
  return { ...ticked, truth: { ...ticked.truth, toldLeader } };
}

function decide(model: Model, decided: Decided, feed: Feed): Model {
  const { proposal } = model.stored;
  if (proposal === undefined) return model;
  const { kind, as, over } = decided;
  const { number: revision, digests } = proposal.revision;
  const isTrue = kind === 'approve' && as === 'approver' && over === 'current';
  const approval = { proposal: proposal.id, revision, digests, atMs: model.nowMs };
  const truth = isTrue ? { ...model.truth, approvals: [...model.truth.approvals, approval] } : model.truth;
  const counts = kind === 'hold' || kind === 'resume' || kind === 'abandon';
  const spent = counts ? { ...model.spent, decisions: model.spent.decisions + 1 } : model.spent;
  const decision = toDecision(model, proposal, decided);
  return feed({ ...model, truth, spent }, { type: 'decision', nowMs: model.nowMs, decision });
}

function answer(model: Model, { act, ending }: { act: Act | undefined; ending: Ending }, feed: Feed): Model {
  if (act === undefined) return model;
  const outstanding = model.outstanding.filter((p) => p !== act);
  const result = toResult(model.truth, act, ending);
  const answered: Model = { ...model, outstanding, answered: result };
  return feed(learn(answered, act, result), { type: 'step-result', nowMs: model.nowMs, result });
}

/** What an earlier process had sent happens after all; nobody waits for its answer. */
function answerLate(model: Model, act: Act | undefined, feed: Feed): Model {
  if (act === undefined) return model;
  const orphaned = model.orphaned.filter((p) => p !== act);
  const result = toResult(model.truth, act, 'done');
  const later: Model = { ...model, orphaned };
  const happened = act.step.verb === 'promote' ? learn(later, act, result) : later;
  return feed(happened, { type: 'step-result', nowMs: model.nowMs, result });
}

/** A server that is stopped and started has dropped what it was told to do before. */
function learn(model: Model, act: Act, result: StepResult): Model {
  const isDropped = (other: Act) =>
    act.step.verb === 'drop-promotion' && result.state === 'done' && other.step.verb === 'promote';
  const outstanding = model.outstanding.filter((other) => !isDropped(other));
  const orphaned = model.orphaned.filter((other) => !isDropped(other));
  const underWay = [...outstanding, ...orphaned].filter((o) => model.nowMs - o.sentAtMs <= o.step.deadlineMs);
  return { ...model, outstanding, orphaned, truth: afterAnswer(model.truth, act, { result, underWay }) };
}

/** A new process that knows what was stored, and nothing else. */
function restart(engine: Engine, model: Model, how: 'plain' | 'clock-back' | 'tampered'): Model {
  const { stored, spent } = model;
  const isLive = stored.proposal !== undefined && !isEnded(stored.proposal.state);
  const run =
    how === 'tampered' && stored.run !== undefined
      ? { ...stored.run, plan: { ...stored.run.plan, systemIdentifier: '666' } }
      : stored.run;
  return {
    ...model,
    nowMs: how === 'clock-back' ? model.nowMs - 60_000 : model.nowMs + 1_000,
    stored: { ...stored, run },
    engine: engine.initialState(model.engine.config, {
      clusters: stored.record === undefined ? [] : [stored.record],
      proposals: isLive && stored.proposal !== undefined ? [stored.proposal] : [],
      runs: run === undefined ? [] : [run],
    }),
    outstanding: [],
    orphaned: [...model.orphaned, ...model.outstanding].slice(-1),
    answered: undefined,
    truth: {
      ...model.truth,
      toldLeader: stored.record?.primary ?? model.truth.toldLeader,
      taken: run === undefined ? undefined : { run: run.id, events: run.journal.length },
    },
    spent: { ...spent, restarts: spent.restarts + 1, odd: spent.odd + (how === 'plain' ? 0 : 1) },
  };
}
