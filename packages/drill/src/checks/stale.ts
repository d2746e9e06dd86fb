// A server that takes writes behind Petrov's back: called by its name within seconds, paged as urgent, and no third is added.
import { z } from 'zod';
import type { Check } from '../run/report.ts';
import { type Gathered, promotedMembers } from './facts.ts';

const WITHIN_MS = 10_000;
const Urgent = z.object({ data: z.object({ urgency: z.string(), summary: z.string() }) });

export function checkStale(facts: Gathered): readonly Check[] {
  const { returned } = facts;
  if (returned === undefined) return [];
  return [checkCalled(facts, returned), checkUrgent(facts, returned), checkNoThird(facts)];
}

type Since = NonNullable<Gathered['returned']>;

function checkCalled({ seen }: Gathered, { member, startedAtMs, writableAtMs }: Since): Check {
  const id = 'split-brain-called';
  const called = seen.find(({ atMs, verdict }) => atMs >= startedAtMs && verdict === 'split-brain');
  if (called === undefined)
    return { id, ok: false, says: `that ${member} takes writes was never called a split brain` };
  const tookMs = Math.max(0, Math.round(called.atMs - writableAtMs));
  return { id, ok: tookMs <= WITHIN_MS, says: `${tookMs} ms after ${member} took writes: ${called.says}` };
}

function checkUrgent({ messages }: Gathered, { startedAtMs, writableAtMs }: Since): Check {
  const id = 'split-brain-paged';
  const page = messages.find((message) => {
    const { data } = Urgent.safeParse(message.body);
    const isUrgent = data?.data.urgency === 'high' && data.data.summary.includes('take writes');
    return message.type === 'cluster.warning' && message.receivedAtMs >= startedAtMs && isUrgent;
  });
  if (page === undefined) return { id, ok: false, says: 'no urgent page told of two that take writes' };
  const tookMs = Math.max(0, Math.round(page.receivedAtMs - writableAtMs));
  return { id, ok: tookMs <= WITHIN_MS, says: `an urgent page came ${tookMs} ms after` };
}

function checkNoThird(facts: Gathered): Check {
  // What is offered to bring the old primary back names no candidate.
  const asked = facts.audit.filter(({ code, payload }) => code === 'P2001' && 'candidate' in payload).length;
  const promoted = promotedMembers(facts);
  const isOk = asked <= 1 && promoted.length <= 1;
  return {
    id: 'no-third',
    ok: isOk,
    says: `${asked} asked to promote in all; promoted: ${promoted.join(', ') || 'nobody'}`,
  };
}
