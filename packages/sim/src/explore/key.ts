// When two models are the same for all that may follow: times count by their distance to now, a journal by what it folds to,
// texts not at all.
import type { ClusterState } from '@petrov/core/engine';
import { ATTEMPTS_MAX, foldSteps, type Run } from '@petrov/core/journal';
import { isEnded, type Proposal } from '@petrov/core/proposal';
import { CLUSTER, type Model, WITNESSES } from './model.ts';

/** The longest time that anything but a step waits for in the small world: what is older is as old as that. */
const OLD_MS = 12_000;
/** A running step is given up after two of its deadlines, the longest of which is a minute. */
const LONG_RUNNING_MS = 120_000;

export function keyOf(model: Model): string {
  const { nowMs, engine, stored, truth } = model;
  const cluster = engine.clusters.get(CLUSTER);
  const age: Age = (atMs, max = OLD_MS) => (atMs === undefined ? '' : ageOf(nowMs - atMs, max));
  const runOfTruth = stored.run?.plan.epoch ?? 0;
  return [
    cluster === undefined ? '' : keyOfCluster(cluster, age),
    keyOfProposal(stored.proposal, age),
    keyOfRun(stored.run, age),
    stored.record?.proposalsOpened,
    age(engine.doubtUntilMs),
    engine.startedAtMs === undefined,
    model.outstanding.map((p) => p.step.id).join(),
    model.orphaned.map((p) => p.step.id + (p.step.verb === 'promote' ? age(p.sentAtMs) : '')).join(),
    model.answered === undefined ? '' : model.answered.step + model.answered.state,
    keyOfTruth(model),
    age(truth.scheduled[stored.proposal?.id ?? '']),
    truth.promotedBy[runOfTruth] ?? '',
    truth.approvals.some((a) => a.proposal === stored.proposal?.id && a.revision === stored.proposal.revision.number),
    Object.values(truth.answers).map(
      (a) => `${a.isBad}${a.asked?.nonce === truth.asked}${a.asked?.isBad}${age(a.asked?.atMs)}`,
    )[0],
    Object.values(model.spent).join(),
  ].join('|');
}

function keyOfTruth({ truth }: Model): string {
  const { servers, leader, toldLeader, timeline, isTakenOver, isFenced, isClean, mayBeFenced, promotion, promoted } =
    truth;
  const who = [...Object.values(servers), leader, toldLeader, timeline, isTakenOver];
  return [...who, isFenced, isClean, mayBeFenced, promotion, promoted.length].join();
}

type Age = (atMs: number | undefined, max?: number) => string | number;

function keyOfCluster(cluster: ClusterState, age: Age): string {
  const { judgment, assessment, memory, look, record, inheritedEvents, run, differs, isRevisionDue } = cluster;
  const believed = [judgment.holdsSinceMs !== undefined, age(judgment.missingSinceMs), judgment.latched];
  const said = [judgment.lastAssessment?.action, assessment?.rule, assessment?.action];
  // All witnesses say the same at the same time.
  const tracks = [...memory.tracks].filter(([key]) => key.startsWith(WITNESSES[0])).map(([, track]) => track);
  const heard = tracks.map((t) => `${t.last.outcome}${age(t.last.atMs)}${t.nonced?.nonce === look?.nonce}`);
  const hosts = [...memory.hosts.values()].map((h) => h.facts.postgres + age(h.atMs));
  const receivers = [...memory.receivers.values()].map((r) => `${age(r.atMs)}${age(r.streamingLastAtMs)}`);
  const members = [...memory.members.values()].map((m) => `${m.inRecovery}${m.timeline}${age(m.inRecoveryAtMs)}`);
  const { former, rejectedCase, attached } = record;
  const known = [record.epoch, record.primary, rejectedCase !== undefined, attached?.length];
  const offers = [former?.member, former?.isOffered, age(former?.sinceMs), age(cluster.impossibleSinceMs)];
  const looking = [look?.step, age(look?.askedAtMs), look?.facts === undefined, ...Object.keys(cluster.looked ?? {})];
  const asking = [differs?.changes.map((c) => c.says).join(), age(differs?.sinceMs), isRevisionDue];
  const isInherited = (inheritedEvents ?? 0) < (run?.journal.length ?? 0);
  return [believed, said, heard, hosts, receivers, members, known, offers, looking, asking, isInherited].join('/');
}

function keyOfProposal(proposal: Proposal | undefined, age: Age): string {
  if (proposal === undefined) return '';
  const { state, id, revision, expiresAtMs, request } = proposal;
  const what = [state, id, revision.plan.kind, revision.plan.pointOfNoReturn, age(request?.notBeforeMs)];
  if (isEnded(state)) return [...what, 'endedAtMs' in proposal ? age(proposal.endedAtMs) : ''].join();
  const startBefore = 'startBeforeMs' in proposal ? age(proposal.startBeforeMs) : '';
  if (state !== 'open' && state !== 'approved') return [...what, startBefore].join();
  return [
    ...what,
    revision.number > 1,
    age(revision.atMs),
    age(expiresAtMs),
    startBefore,
    age(proposal.heldUntilMs),
  ].join();
}

function keyOfRun(run: Run | undefined, age: Age): string {
  if (run === undefined) return '';
  const resumedAt = run.journal.findLastIndex((e) => e.type === 'resumed');
  const answeredAt = run.journal.findLastIndex((e) => e.type === 'done' && e.step === 'look');
  const tries = (id: string) =>
    run.journal
      .slice((id === 'look' ? Math.max(answeredAt, resumedAt) : resumedAt) + 1)
      .filter((e) => e.type === 'started' && e.step === id).length;
  const steps = foldSteps(run).map(({ step, state, startedAtMs, endedAtMs }) => {
    const isLook = step.verb === 'look' || step.verb === 'settle';
    const since = state === 'running' ? age(startedAtMs, LONG_RUNNING_MS) : isLook ? age(endedAtMs) : '';
    return `${step.id}${state}${Math.min(tries(step.id), ATTEMPTS_MAX)}${since}`;
  });
  const order = run.journal.filter((e) => 'step' in e && e.type === 'started').slice(-2);
  const lifted = run.journal.some((e) => 'step' in e && e.step.startsWith('unfence'));
  return [steps.join(), order.map((e) => ('step' in e ? e.step : '')).join(), lifted, run.plan.systemIdentifier].join(
    ';',
  );
}

/** Ahead of now counts by how far: something waits for it. */
function ageOf(ms: number, max: number): number {
  return Math.max(-max, Math.min(ms, max));
}
