// Checks of a drill in which nothing may be promoted: a false alarm, or a person who said no or nothing.
import type { Check } from '../run/report.ts';
import { type Gathered, promotedMembers, unavailableMs } from './facts.ts';

export function checkFalseAlarm(facts: Gathered): readonly Check[] {
  return [
    checkNoProposal(facts),
    checkNoPage(facts),
    checkWrites(facts),
    checkHealed(facts),
    checkNothingPromoted(facts),
  ];
}

function checkNoProposal({ audit, seen }: Gathered): Check {
  const opened = audit.filter(({ code }) => code === 'P2001');
  const ok = opened.length === 0 && seen.every(({ proposal }) => proposal === undefined);
  return {
    id: 'nothing-proposed',
    ok,
    says: ok ? 'no proposal was opened' : (opened[0]?.says ?? 'a proposal was opened'),
  };
}

function checkNoPage({ messages }: Gathered): Check {
  const raised = messages.filter(({ type }) => type === 'proposal.raised');
  return { id: 'no-page-raised', ok: raised.length === 0, says: `${raised.length} pages asked for a decision` };
}

function checkWrites(facts: Gathered): Check {
  const pause = unavailableMs(facts);
  const { pauseMsMax } = facts.scenario;
  return {
    id: 'writes-go-on',
    ok: pause <= pauseMsMax,
    says: `the longest pause was ${pause} ms, allowed ${pauseMsMax}`,
  };
}

function checkHealed({ seen }: Gathered): Check {
  const last = seen.at(-1);
  return { id: 'heals-to-healthy', ok: last?.verdict === 'healthy', says: last?.says ?? 'nothing was seen' };
}

export function checkNothingPromoted(facts: Gathered): Check {
  const promoted = promotedMembers(facts);
  const entries = facts.audit.filter(({ code }) => code === 'P3001' || code === 'P3009');
  const ok = promoted.length === 0 && entries.length === 0;
  const says = ok
    ? 'nothing ran and nobody was promoted'
    : `promoted: ${promoted.join(', ')}; ${entries[0]?.says ?? ''}`;
  return { id: 'nothing-promoted', ok, says };
}
