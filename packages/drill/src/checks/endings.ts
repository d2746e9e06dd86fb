// How a run that doesn't simply succeed came to its end: the states on the way, each with a true sentence for the operator;
// and what is left when nothing was promoted.
import { castOf } from '../run/apply.ts';
import type { Check } from '../run/report.ts';
import { type Gathered, promotedMembers } from './facts.ts';
import { checkAudit, checkLost, checkOldPrimary, checkPage } from './promotion.ts';

export function checkEndings({ endings }: Gathered): Check {
  const wrong = endings.find(({ state, says, expected }) => state !== expected.state || !expected.says.test(says));
  return {
    id: 'ends-as-it-must',
    ok: endings.length > 0 && wrong === undefined,
    says:
      wrong === undefined
        ? endings.map(({ state, says }) => `${state}: ${says}`).join(' → ')
        : `${wrong.state}: ${wrong.says}; right were ${wrong.expected.state} and ${wrong.expected.says}`,
  };
}

/** Approved, and for a reason nothing was promoted: the primary of before serves, with all that it ever acknowledged. */
export function checkUnchanged(facts: Gathered): readonly Check[] {
  return [checkPage(facts), checkStillPrimary(facts), checkLost(facts), checkAudit(facts, ['P2001', 'P2003', 'P3001'])];
}

function checkStillPrimary(facts: Gathered): Check {
  const promoted = promotedMembers(facts);
  const entries = facts.audit.filter(({ code }) => code === 'P3009').length;
  const old = facts.status.members.find(({ id }) => id === facts.primary);
  const isServing = old?.role === 'primary' && old.timeline === facts.timeline;
  return {
    id: 'nobody-promoted',
    ok: promoted.length === 0 && entries === 0 && isServing,
    says: `promoted: ${promoted.join(', ') || 'nobody'}; ${facts.primary} is ${old?.postgres ?? 'gone'}, ${old?.role ?? 'unknown'} on timeline ${old?.timeline ?? 'unknown'}`,
  };
}

/** Somebody else promoted a standby: it's adopted, nobody is promoted beside it, and the old primary stays down. */
export function checkTakenOver(facts: Gathered): readonly Check[] {
  const record = ['P2001', 'P2003', 'P3001', 'P1002', 'P3013'];
  return [checkPage(facts), checkAdopted(facts), checkLost(facts), checkOldPrimary(facts), checkAudit(facts, record)];
}

function checkAdopted(facts: Gathered): Check {
  const leading = promotedMembers(facts);
  const adopted = facts.audit.flatMap(({ code, payload }) => (code === 'P1002' ? [String(payload['after'])] : []));
  const ours = facts.audit.filter(({ code }) => code === 'P3009').length;
  return {
    id: 'adopted',
    ok: leading.length === 1 && adopted.length === 1 && adopted[0] === leading[0] && ours === 0,
    says: `out of recovery: ${leading.join(', ') || 'nobody'}; adopted: ${adopted.join(', ') || 'nobody'}; ${ours} promoted by Petrov`,
  };
}

/** The right one was chosen, and the plan says why the others were not. */
export function checkChosen({ asked, scenario, cast }: Gathered): readonly Check[] {
  const { chooses } = scenario;
  if (chooses === undefined) return [];
  const plan = asked?.proposal.revision.plan;
  const candidate = castOf(cast, chooses.candidate);
  const rows = plan?.ranking ?? [];
  const wrong = Object.entries(chooses.losers).find(
    ([part, says]) => !rows.some((row) => row.member === castOf(cast, part) && !row.isChosen && says.test(row.says)),
  );
  return [
    {
      id: 'chooses-rightly',
      ok: plan?.candidate === candidate && wrong === undefined,
      says: rows.map(({ member, isChosen, says }) => `${member}${isChosen ? ' (chosen)' : ''}: ${says}`).join('; '),
    },
  ];
}
