// Which checks a drill has to pass, by what its script says and what the operator did.
import type { Check } from '../run/report.ts';
import type { Gathered } from './facts.ts';
import { checkChosen, checkEndings, checkTakenOver, checkUnchanged } from './endings.ts';
import { checkAudit, checkLost, checkPage, checkPromotion } from './promotion.ts';
import { checkCrashed } from './crash.ts';
import { checkFalseAlarm, checkNothingPromoted } from './quiet.ts';
import { checkStale } from './stale.ts';

export function checkDrill(facts: Gathered): readonly Check[] {
  return [checkVerdict(facts), checkSplitBrain(facts), ...checkCrashed(facts), ...checkPart(facts)];
}

function checkPart(facts: Gathered): readonly Check[] {
  if (!facts.scenario.proposes) return [...checkFalseAlarm(facts), checkLost(facts), checkAudit(facts, [])];
  if (facts.answered?.kind === 'approve') {
    return [checkEndings(facts), ...checkChosen(facts), ...checkOutcome(facts)];
  }
  const codes = facts.answered?.kind === 'reject' ? ['P2001', 'P2004'] : ['P2001'];
  return [checkPage(facts), checkNothingPromoted(facts), checkAudit(facts, codes)];
}

function checkOutcome(facts: Gathered): readonly Check[] {
  switch (facts.scenario.outcome) {
    case 'unchanged':
      return checkUnchanged(facts);
    case 'taken-over':
      return checkTakenOver(facts);
    default:
      return [...checkPromotion(facts), ...checkStale(facts)];
  }
}

function checkVerdict(facts: Gathered): Check {
  const { scenario } = facts;
  const right: readonly string[] = [scenario.truth, ...scenario.alsoRight];
  const verdict = findVerdict(facts);
  return { id: 'verdict-as-truth', ok: right.includes(verdict), says: `${verdict}; right are ${right.join(', ')}` };
}

/** What was asked about; without a question, what was said the longest while the fault lasted, other than healthy. */
export function findVerdict({ asked, seen, fault, healedAtMs }: Gathered): string {
  if (asked !== undefined) return asked.proposal.revision.assessment.verdict;
  const untilMs = healedAtMs ?? Number.POSITIVE_INFINITY;
  const lasted = new Map<string, number>();
  for (const [index, { atMs, verdict }] of seen.entries()) {
    const fromMs = Math.max(atMs, fault.atMs);
    const toMs = Math.min(seen[index + 1]?.atMs ?? untilMs, untilMs);
    if (verdict !== 'healthy' && toMs > fromMs) lasted.set(verdict, (lasted.get(verdict) ?? 0) + toMs - fromMs);
  }
  const [longest] = [...lasted].toSorted(([, a], [, b]) => b - a);
  return longest?.[0] ?? 'healthy';
}

function checkSplitBrain({ log }: Gathered): Check {
  const id = 'no-split-brain';
  const [first] = log.splitBrains;
  if (first === undefined) return { id, ok: true, says: 'no two members acknowledged writes in the same period' };
  const tookMs = Math.round(first.toMonotonicMs - first.fromMonotonicMs);
  return { id, ok: false, says: `${first.members.join(' and ')} both acknowledged writes for ${tookMs} ms` };
}
