// When two models are the same for all that may follow: times count by the class of their distance to now, a journal by what
// it folds to, texts not at all.
import type { ClusterState } from '@petrov/core/engine';
import { ATTEMPTS_MAX, foldSteps, type Run } from '@petrov/core/journal';
import type { Proposal } from '@petrov/core/proposal';
import { CLUSTER, type Model } from './model.ts';

export function keyOf(model: Model): string {
  const { nowMs, engine, stored, truth } = model;
  const cluster = engine.clusters.get(CLUSTER);
  const age = (atMs: number | undefined) => (atMs === undefined ? '' : bucket(nowMs - atMs));
  const runOfTruth = stored.run?.plan.epoch ?? 0;
  return [
    cluster === undefined ? '' : keyOfCluster(cluster, age),
    keyOfProposal(stored.proposal, age),
    keyOfRun(stored.run, age),
    stored.record?.proposalsOpened,
    age(engine.doubtUntilMs),
    engine.startedAtMs === undefined,
    model.outstanding.map((p) => p.step.id).join(),
    model.orphaned.map((p) => p.step.id).join(),
    model.answered === undefined ? '' : model.answered.step + model.answered.state,
    truth.isFenced,
    truth.promoted.length,
    truth.promotedBy[runOfTruth] ?? '',
    truth.approvals.some((a) => a.proposal === stored.proposal?.id && a.revision === stored.proposal.revision.number),
    Object.values(truth.answers).map(
      (a) => `${a.isBad}${a.asked?.nonce === truth.asked}${a.asked?.isBad}${age(a.asked?.atMs)}`,
    )[0],
    Object.values(model.spent).join(),
  ].join('|');
}

type Age = (atMs: number | undefined) => string | number;

function keyOfCluster(
  { judgment, assessment, memory, look, record, inheritedEvents, run }: ClusterState,
  age: Age,
): string {
  const [track] = memory.tracks.values();
  const [host] = memory.hosts.values();
  const [receiver] = memory.receivers.values();
  const believed = [judgment.holdsSinceMs !== undefined, age(judgment.missingSinceMs), judgment.latched];
  const said = [judgment.lastAssessment?.action, assessment?.rule, assessment?.action];
  const heard = [
    track?.last.outcome,
    age(track?.last.atMs),
    track?.nonced?.nonce === look?.nonce,
    host?.facts.postgres,
  ];
  const known = [record.epoch, record.primary, record.rejectedCase !== undefined, record.attached?.length];
  const looking = [
    look?.step,
    age(look?.askedAtMs),
    look?.facts === undefined,
    receiver?.streamingLastAtMs !== undefined,
  ];
  const isInherited = (inheritedEvents ?? 0) < (run?.journal.length ?? 0);
  return [believed, said, heard, known, looking, isInherited].join('/');
}

function keyOfProposal(proposal: Proposal | undefined, age: Age): string {
  if (proposal === undefined) return '';
  const { state, id, revision, expiresAtMs } = proposal;
  if (state !== 'open' && state !== 'approved') return state + id;
  const startBefore = 'startBeforeMs' in proposal ? age(proposal.startBeforeMs) : '';
  return [state, id, revision.number > 1, age(revision.atMs), age(expiresAtMs), startBefore].join();
}

function keyOfRun(run: Run | undefined, age: Age): string {
  if (run === undefined) return '';
  const resumedAt = run.journal.findLastIndex((e) => e.type === 'resumed');
  const tries = (id: string) =>
    run.journal.slice(resumedAt + 1).filter((e) => e.type === 'started' && e.step === id).length;
  const steps = foldSteps(run).map(({ step, state, endedAtMs }) => {
    const isLook = step.verb === 'look' || step.verb === 'settle';
    return step.id + state + Math.min(tries(step.id), ATTEMPTS_MAX) + (isLook ? age(endedAtMs) : '');
  });
  const order = run.journal.filter((e) => 'step' in e && e.type === 'started').slice(-2);
  const lifted = run.journal.some((e) => 'step' in e && e.step.startsWith('unfence'));
  return [steps.join(), order.map((e) => ('step' in e ? e.step : '')).join(), lifted, run.plan.systemIdentifier].join(
    ';',
  );
}

/** Whole classes of ages that no rule of the small world tells apart: 3 s, 5 s, 10 s are its bounds. */
function bucket(ms: number): number {
  if (ms < 0) return -1;
  return [500, 3_000, 5_000, 10_000].findIndex((bound) => ms <= bound);
}
