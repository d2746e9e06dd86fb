// One letter applied to the model: inputs for the engine, its effects performed as the shell would (store first, then the
// new state, then the acts). Every single step of the engine is shown to a watcher.
import type { Effect, Input, StepResult } from '@petrov/core/engine';
import { formatLsn } from '@petrov/core/cluster';
import type { Observation } from '@petrov/core/observation';
import { isEnded } from '@petrov/core/proposal';
import type { MemberFacts } from '@petrov/core/wire';
import type { Letter } from './alphabet.ts';
import {
  CLUSTER,
  config,
  type Engine,
  type Model,
  type Perform,
  PRIMARY,
  STANDBY,
  SYSTEM,
  type TrueAnswer,
  WITNESSES,
} from './model.ts';

/** Sees each step of the engine: the model before, what came in, what came out, the model after. */
export type Watcher = (seen: { before: Model; input: Input; effects: readonly Effect[]; after: Model }) => void;

const LSN = formatLsn(0x3000148n);

export function applyLetter(engine: Engine, model: Model, letter: Letter, watch: Watcher): Model {
  const feed = (to: Model, input: Input) => stepOnce(engine, to, input, watch);
  switch (letter.does) {
    case 'hear': {
      const later = { ...model, nowMs: model.nowMs + letter.afterMs, answered: undefined };
      const heard = letter.says === 'nothing' ? later : hear(later, letter.says, feed);
      return feed(heard, { type: 'tick', nowMs: heard.nowMs });
    }
    case 'decide':
      return decide(model, letter, feed);
    case 'answer': {
      const perform = model.outstanding[letter.index];
      if (perform === undefined) return model;
      const outstanding = model.outstanding.filter((p) => p !== perform);
      const result = toResult(perform, letter.with);
      const truth = learnFromAnswer(model.truth, perform, result);
      return feed(
        { ...model, outstanding, truth, answered: result },
        { type: 'step-result', nowMs: model.nowMs, result },
      );
    }
    case 'answer-late': {
      const perform = model.orphaned[letter.index];
      if (perform === undefined) return model;
      const orphaned = model.orphaned.filter((p) => p !== perform);
      const result = toResult(perform, 'done');
      return feed({ ...model, orphaned }, { type: 'step-result', nowMs: model.nowMs, result });
    }
    case 'answer-again':
      return model.answered === undefined
        ? model
        : feed({ ...model, answered: undefined }, { type: 'step-result', nowMs: model.nowMs, result: model.answered });
    case 'restart':
      return restart(engine, model, letter.how);
  }
}

export function stepOnce(engine: Engine, before: Model, input: Input, watch: Watcher): Model {
  const { state, effects } = engine.step(before.engine, input);
  let after: Model = { ...before, engine: state };
  for (const effect of effects) after = performEffect(after, effect);
  watch({ before, input, effects, after });
  return after;
}

function performEffect(model: Model, effect: Effect): Model {
  const { stored, truth } = model;
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
  const { verb } = effect.step;
  const promotedBy = verb === 'promote' ? { ...truth.promotedBy, [effect.epoch]: effect.run.id } : truth.promotedBy;
  const isFenced = verb === 'unfence' ? false : truth.isFenced;
  const asked = verb === 'look' || verb === 'settle' ? effect.nonce : truth.asked;
  return {
    ...model,
    truth: { ...truth, promotedBy, isFenced, asked },
    outstanding: [
      ...model.outstanding.filter((p) => p.step.id !== effect.step.id),
      { ...effect, sentAtMs: model.nowMs },
    ],
  };
}

function hear(
  model: Model,
  says: 'failing' | 'unasked-failing' | 'living',
  feed: (m: Model, i: Input) => Model,
): Model {
  const { nowMs } = model;
  const isBad = says !== 'living';
  const nonce = says === 'unasked-failing' ? undefined : model.truth.asked;
  const seen: Observation[] = WITNESSES.map((by) => ({
    by,
    cluster: CLUSTER,
    member: PRIMARY,
    probe: 'sql' as const,
    atMs: nowMs,
    latencyMs: 2,
    ...(nonce === undefined ? {} : { nonce }),
    ...(isBad
      ? { outcome: 'refused' as const }
      : { outcome: 'ok' as const, facts: { inRecovery: false, timeline: 1, lsn: LSN, systemId: SYSTEM } }),
  }));
  seen.push({
    by: `agent:${PRIMARY}`,
    cluster: CLUSTER,
    member: PRIMARY,
    probe: 'host',
    outcome: 'ok',
    atMs: nowMs,
    facts: { postgres: isBad ? 'absent' : 'running' },
  });
  seen.push({
    by: 'w-b',
    cluster: CLUSTER,
    member: STANDBY,
    probe: 'wal-receiver',
    outcome: 'ok',
    atMs: nowMs,
    facts: {
      status: isBad ? 'connecting' : 'streaming',
      upstream: PRIMARY,
      receivedLsn: LSN,
      replayedLsn: LSN,
      timeline: 1,
      systemId: SYSTEM,
    },
  });
  const answers = Object.fromEntries(
    WITNESSES.map((by): readonly [string, TrueAnswer] => {
      const asked = nonce === undefined ? model.truth.answers[by]?.asked : { nonce, isBad, atMs: nowMs };
      return [by, { isBad, atMs: nowMs, asked }];
    }),
  );
  const truth = { ...model.truth, answers };
  return feed({ ...model, truth }, { type: 'observations', nowMs, observations: seen });
}

function decide(model: Model, letter: Extract<Letter, { does: 'decide' }>, feed: (m: Model, i: Input) => Model): Model {
  const { proposal } = model.stored;
  if (proposal === undefined) return model;
  const { number, digests } = proposal.revision;
  const isScript = letter.as === 'script';
  const isOther = letter.over === 'other-digests';
  const role = isScript ? 'approver' : letter.as;
  const decision = {
    id: `d${model.nowMs}-${letter.kind}-${letter.as}-${letter.over}`,
    proposal: proposal.id,
    kind: letter.kind,
    revision: letter.over === 'stale' ? number - 1 : number,
    digests: isOther ? { ...digests, evidenceAgainst: 'sha256:0' } : digests,
    actor: { id: letter.as, name: letter.as, role, via: isScript ? ('drill' as const) : ('console' as const) },
    proof: isScript
      ? { kind: 'drill' as const, scenario: 'x' }
      : { kind: 'session' as const, sessionId: 's', signedInAtMs: model.nowMs },
    reason: 'because',
    displayed: {},
  };
  const isTrueApproval = letter.kind === 'approve' && letter.as === 'approver' && letter.over === 'current';
  const approval = { proposal: proposal.id, revision: number, digests };
  const truth = isTrueApproval ? { ...model.truth, approvals: [...model.truth.approvals, approval] } : model.truth;
  const counts = letter.kind === 'hold' || letter.kind === 'resume' || letter.kind === 'abandon';
  const spent = counts ? { ...model.spent, decisions: model.spent.decisions + 1 } : model.spent;
  return feed({ ...model, truth, spent }, { type: 'decision', nowMs: model.nowMs, decision });
}

type Ending = Extract<Letter, { does: 'answer' }>['with'];

function toResult(perform: Perform, ending: Ending): StepResult {
  const state = ending === 'found-promoted' ? 'done' : ending;
  const facts = state === 'done' ? factsOf(perform, ending) : {};
  return { run: perform.run.id, step: perform.step.id, attempt: perform.attempt, state, says: state, facts };
}

function factsOf({ step, run }: Perform, ending: Ending): Record<string, MemberFacts> {
  const promoted: MemberFacts = { inRecovery: false, timeline: run.plan.timeline + 1, systemIdentifier: SYSTEM };
  switch (step.verb) {
    case 'look':
    case 'settle':
      return {
        [STANDBY]:
          ending === 'found-promoted'
            ? promoted
            : { inRecovery: true, timeline: run.plan.timeline, systemIdentifier: SYSTEM, receivedLsn: LSN },
      };
    case 'promote':
      return { [STANDBY]: promoted };
    case 'fence':
      return { [PRIMARY]: { processesLeft: 0, fenced: true, standbySignal: true } };
    default:
      return {};
  }
}

function learnFromAnswer(truth: Model['truth'], { step, epoch }: Perform, result: StepResult): Model['truth'] {
  if (result.state !== 'done') return truth;
  if (step.verb === 'fence') return { ...truth, isFenced: true };
  return step.verb === 'promote' ? { ...truth, promoted: [...truth.promoted, epoch] } : truth;
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
    engine: engine.initialState(config, {
      clusters: stored.record === undefined ? [] : [stored.record],
      proposals: isLive && stored.proposal !== undefined ? [stored.proposal] : [],
      runs: run === undefined ? [] : [run],
    }),
    outstanding: [],
    orphaned: [...model.orphaned, ...model.outstanding].slice(-1),
    answered: undefined,
    spent: { ...spent, restarts: spent.restarts + 1, odd: spent.odd + (how === 'plain' ? 0 : 1) },
  };
}
