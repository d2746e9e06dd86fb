// What a page says: what is asked, the strongest evidence for and against, what happens if nobody answers. Under 240
// characters in its summary; no secret, no host name, no power in it.
import type { Assessment, Evidence } from '../assessment/index.ts';
import type { Proposal } from '../proposal/index.ts';
import type { Effect, Page } from './io.ts';

const SUMMARY_MAX = 240;

/** `nth` tells apart what may happen more than once to one revision: a run gets stuck, is resumed, gets stuck again. */
export function pageProposal(proposal: Proposal, event: Page['event'], says?: string, nth?: number): Effect {
  const { revision } = proposal;
  const asks = event === 'raised' || event === 'revised';
  return {
    type: 'page',
    page: {
      id: [proposal.episode, event, revision.number, ...(nth === undefined ? [] : [nth])]
        .join('.')
        .replace(/[^A-Za-z0-9_-]/g, '-'),
      cluster: proposal.cluster,
      environment: proposal.environment,
      episode: proposal.episode,
      event,
      // Nothing is out while a change is only asked for: it wakes nobody.
      urgency:
        (asks && proposal.request === undefined) || event === 'stuck' || event === 'second-needed' ? 'high' : 'low',
      proposal: proposal.id,
      revision: revision.number,
      summary: fit(says ?? ask(proposal)),
      details: {
        headline: revision.assessment.headline,
        evidenceFor: revision.assessment.for.map((e) => e.says),
        evidenceAgainst: revision.assessment.against.map((e) => e.says),
        unknown: revision.assessment.unknown.map((e) => e.says),
        candidate: revision.plan.candidate,
        expectedLoss: revision.plan.loss.says,
        oldPrimary: revision.plan.fence.says,
        people: revision.consent.people,
        ...(revision.consent.people > 1 ? { whyTwo: revision.consent.because } : {}),
        ifNobodyAnswers: ifNobodyAnswers(proposal),
        planDigest: revision.digests.plan,
        words: revision.words,
        changes: revision.changes,
      },
    },
  };
}

function ask({ revision, cluster, environment }: Proposal): string {
  const { assessment, plan, words } = revision;
  const code = `[${words.replaceAll(' · ', '-')}]`;
  if (plan.kind !== 'failover')
    return `DECIDE: ${plan.kind} in ${cluster} (${environment})? ${assessment.headline} ${assessment.explanation} If nobody answers, nothing is done. ${code}`;
  const against = strongest(assessment.against)?.says ?? 'nothing found';
  const first = strongest(assessment.for)?.says ?? assessment.headline;
  const two = revision.consent.people > 1 ? ', takes TWO people' : '';
  return `DECIDE: promote ${plan.candidate} in ${cluster} (${environment}${two})? FOR: ${first} (${assessment.for.length} items). AGAINST: ${against}. If nobody answers, writes stay down. ${code}`;
}

function ifNobodyAnswers({ revision }: Proposal): string {
  return revision.plan.kind === 'failover' ? 'nothing is promoted, writes stay down' : 'nothing is done';
}

const weight: Readonly<Record<Evidence['kind'], number>> = {
  host: 0,
  testimony: 1,
  client: 2,
  reach: 3,
  fleet: 4,
  intent: 5,
  self: 6,
};

/** The kind that is hardest to be wrong about comes first. */
function strongest(items: readonly Evidence[]): Evidence | undefined {
  return [...items].sort((a, b) => weight[a.kind] - weight[b.kind])[0];
}

export function pageWarning(
  assessment: Assessment,
  environment: string,
  what: { event: 'warning' | 'resolved'; episode: string },
): Effect {
  return {
    type: 'page',
    page: {
      id: `${what.episode}.${what.event}`.replace(/[^A-Za-z0-9_-]/g, '-'),
      cluster: assessment.cluster,
      environment,
      episode: what.episode,
      event: what.event,
      urgency: what.event === 'warning' && assessment.verdict === 'split-brain' ? 'high' : 'low',
      summary: fit(`${assessment.cluster}: ${assessment.headline} ${assessment.explanation}`),
      details: {
        verdict: assessment.verdict,
        headline: assessment.headline,
        explanation: assessment.explanation,
        evidenceFor: assessment.for.map((e) => e.says),
        evidenceAgainst: assessment.against.map((e) => e.says),
      },
    },
  };
}

/** Cuts by code point, keeping the digest words at the end. */
function fit(text: string): string {
  const points = Array.from(text);
  if (points.length < SUMMARY_MAX) return text;
  const tail = /\[[^\]]*\]$/.exec(text)?.[0] ?? '';
  return `${points.slice(0, SUMMARY_MAX - 2 - Array.from(tail).length).join('')}…${tail}`;
}
