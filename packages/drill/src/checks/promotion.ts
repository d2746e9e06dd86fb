// Checks of a drill in which a person approves: the right thing happened, once, as planned, and nobody was lied to.
import { isLsnAtLeast } from '@petrov/core/cluster';
import { asideOf } from '../run/apply.ts';
import type { Scenario } from '../scenario/index.ts';
import type { Check } from '../run/report.ts';
import { type Gathered, promotedMembers } from './facts.ts';

export function checkPromotion(facts: Gathered): readonly Check[] {
  return [
    checkPage(facts),
    checkDecision(facts),
    checkOnePromotion(facts),
    checkPlanned(facts),
    checkLost(facts),
    checkSiblings(facts),
    checkOldPrimary(facts),
    checkAudit(facts),
  ];
}

export function checkPage({ page, messages, asked }: Gathered): Check {
  const id = 'page-received-and-signed';
  const unsigned = messages.filter((message) => !message.signatureOk).length;
  if (page === undefined || asked === undefined) return { id, ok: false, says: 'no page asked for a decision' };
  if (unsigned > 0) return { id, ok: false, says: `${unsigned} of ${messages.length} pages were not signed` };
  return {
    id,
    ok: true,
    says: `${page.id} (${page.type}) about ${asked.proposal.id}; ${messages.length} pages, all signed`,
  };
}

function checkDecision({ proposal, answered, audit, scenario }: Gathered): Check {
  const id = 'decision-on-record';
  const made = proposal?.proposal;
  const approval = made !== undefined && 'approval' in made ? made.approval : undefined;
  const entry = audit.find(({ code, proposal: of }) => code === 'P2003' && of === made?.id);
  if (answered === undefined || made === undefined || approval === undefined || entry === undefined) {
    return { id, ok: false, says: `there is no approval of ${made?.id ?? 'a proposal'} on the record` };
  }
  const { consent } = made.revision;
  const first = audit.find(({ code, proposal: of }) => code === 'P2013' && of === made.id);
  const isByTwo = first !== undefined && first.actor.id !== entry.actor.id && first.seq < entry.seq;
  if ((consent.people > 1 || scenario.takesTwo === true) && !isByTwo)
    return { id, ok: false, says: `it takes ${consent.people}, and two people are not on the record: ${entry.says}` };
  return { id, ok: true, says: `entry ${entry.seq}: ${entry.says} (${scenario.id})` };
}

function checkOnePromotion(facts: Gathered): Check {
  const id = 'exactly-one-promotion';
  const promoted = promotedMembers(facts);
  const entries = facts.audit.filter(({ code }) => code === 'P3009').length;
  const runs = facts.runs.filter(({ state }) => state === 'promoted' || state === 'succeeded');
  const timelines = facts.status.members.map(({ timeline }) => timeline ?? 0);
  const newest = Math.max(...timelines);
  const ok = promoted.length === 1 && entries === 1 && runs.length === 1 && newest === facts.timeline + 1;
  const says = `promoted: ${promoted.join(', ') || 'nobody'}; ${runs.length} run, ${entries} entry on the record, timeline ${facts.timeline} → ${newest}`;
  return { id, ok, says };
}

function checkPlanned(facts: Gathered): Check {
  const id = 'promoted-as-planned';
  const made = facts.proposal?.proposal;
  const [promoted] = promotedMembers(facts);
  if (made === undefined || promoted === undefined) return { id, ok: false, says: 'nothing was promoted' };
  const { plan } = made.revision;
  const hadEnough = facts.wal === undefined || isLsnAtLeast(facts.wal.switchLsn, plan.candidateLsn);
  const ok = promoted === plan.candidate && hadEnough;
  const at = facts.wal === undefined ? '' : ` at ${facts.wal.switchLsn}, planned at least ${plan.candidateLsn}`;
  return { id, ok, says: `planned ${plan.candidate}, promoted ${promoted}${at}` };
}

type Losses = Pick<Gathered, 'lost' | 'wal' | 'isSync' | 'proposal'> & {
  readonly status: Pick<Gathered['status'], 'members'>;
};

/** Every acknowledged write that is gone is named; what is gone fits the quote that was consented to. */
export function checkLost(facts: Losses): Check {
  const id = 'lost-within-quote';
  const { lost, wal, isSync } = facts;
  const cap = capOf(facts);
  if (lost === undefined) return { id, ok: false, says: `it can't be told what is lost: ${sayWritable(facts)}` };
  const named = lost.length === 0 ? 'no acknowledged write is lost' : `lost: ${lost.slice(0, 20).join(', ')}`;
  const more = lost.length > 20 ? ` and ${lost.length - 20} more` : '';
  const bytes = wal === undefined ? '' : `; ${wal.bytes} bytes of WAL after ${wal.switchLsn} are gone, quoted ${cap}`;
  return {
    id,
    ok: isWithinQuote(facts),
    says: `${named}${more}${bytes}${isSync && cap === 0 ? '; synchronous: none may be' : ''}`,
  };
}

export function isWithinQuote(facts: Losses): boolean {
  const { lost, wal, isSync } = facts;
  if (lost === undefined) return false;
  if (lost.length === 0) return true;
  // With synchronous standbys nothing is, unless the quote says why it may be: one of them is gone too.
  const cap = capOf(facts);
  return (!isSync || cap > 0) && wal !== undefined && wal.bytes <= cap;
}

function sayWritable({ status }: Losses): string {
  const ids = status.members.filter(({ role }) => role === 'primary').map(({ id }) => id);
  return ids.length === 0 ? 'nobody is out of recovery' : `${ids.join(' and ')} are out of recovery`;
}

function capOf({ proposal }: Losses): number {
  const made = proposal?.proposal;
  if (made === undefined) return 0;
  return 'approval' in made ? made.approval.capBytes : made.revision.plan.loss.capBytes;
}

function checkSiblings(facts: Gathered): Check {
  const id = 'siblings-follow';
  const [promoted] = promotedMembers(facts);
  const aside = asideOf(facts.scenario, facts.cast);
  const siblings = facts.status.members.filter(
    ({ id: member }) => member !== facts.primary && member !== promoted && !aside.includes(member),
  );
  const following = siblings.filter((one) => one.receiving === true && one.timeline === facts.timeline + 1);
  const says = siblings.map(
    (one) =>
      `${one.id}: ${one.receiving ? 'streams' : 'does not stream'} from ${one.upstream ?? 'nobody'} on timeline ${one.timeline}`,
  );
  return { id, ok: promoted !== undefined && following.length === siblings.length, says: says.join('; ') };
}

/** Up and in recovery; or down by its gate's word, where a start could not be read-only. Any other failed start proves nothing. */
export function checkOldPrimary({
  oldPrimary,
  primary,
  scenario,
}: Pick<Gathered, 'oldPrimary' | 'primary'> & { readonly scenario: Pick<Scenario, 'staysDown'> }): Check {
  const id = 'old-primary-read-only';
  if (oldPrimary === undefined) return { id, ok: false, says: `${primary} was not started by hand` };
  const { role, isGateRefusing, says } = oldPrimary;
  const ok = scenario.staysDown === true ? role === 'stopped' && isGateRefusing : role === 'standby';
  return { id, ok, says };
}

const SEQUENCE = ['P2001', 'P2003', 'P3001', 'P3009'] as const;

export function checkAudit({ audit, verification }: Gathered, sequence: readonly string[] = SEQUENCE): Check {
  const id = 'audit-whole';
  const codes = audit.toSorted((a, b) => a.seq - b.seq).map(({ code }) => code);
  let place = 0;
  for (const code of codes) if (code === sequence[place]) place += 1;
  if (place < sequence.length)
    return { id, ok: false, says: `${sequence[place]} is missing or out of order in ${codes.join(' ')}` };
  return {
    id,
    ok: verification.ok,
    says:
      sequence.length === 0
        ? verification.says
        : `${verification.says} ${sequence.join(', ')} stand there in this order.`,
  };
}
