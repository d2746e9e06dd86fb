// What a load balancer's check is answered. Pure. Only what is known to be so is a 200; the body names no host, no address
// and no secret, since anybody may ask.
import { isWithin, type LagLimit, parseLagLimit } from './lag.ts';
import type { RoleReading } from './local-role.ts';

export type HealthQuestion =
  | { readonly asks: 'primary' | 'health' }
  | { readonly asks: 'replica'; readonly limit: LagLimit | undefined };
export type NoQuestion = { readonly asks: 'nothing'; readonly status: 400 | 404; readonly says: string };
export type HealthAnswer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

const PATHS = { '/': 'primary', '/primary': 'primary', '/replica': 'replica', '/health': 'health' } as const;

export function readHealthQuestion(url: string): HealthQuestion | NoQuestion {
  const [path = '', query = ''] = url.split('?', 2);
  const parameters = [...new URLSearchParams(query)];
  const asks = Object.entries(PATHS).find(([known]) => known === path)?.[1];
  if (asks === undefined)
    return { asks: 'nothing', status: 404, says: `There are ${Object.keys(PATHS).join(', ')} here.` };
  const wrong = (says: string): NoQuestion => ({ asks: 'nothing', status: 400, says });
  if (parameters.some(([name]) => asks !== 'replica' || name !== 'lag') || parameters.length > 1)
    return wrong('The only parameter is "lag", once, of /replica.');
  if (asks !== 'replica') return { asks };
  const [, text] = parameters[0] ?? [];
  const limit = text === undefined ? undefined : parseLagLimit(text);
  if (text !== undefined && limit === undefined)
    return wrong('lag is a number of bytes, or such as 16MB, 10s or 500ms.');
  return { asks, limit };
}

export function answerHealth(question: HealthQuestion, seen: RoleReading): HealthAnswer {
  const against = findObjection(question, seen);
  const { role, timeline, lsn, lag, isStreaming, isFenced } = seen;
  return {
    status: against === undefined ? 200 : 503,
    body: {
      role,
      timeline: timeline ?? null,
      lsn: lsn ?? null,
      lag: lag === undefined ? null : { bytes: lag.bytes, ms: lag.ms ?? null },
      streaming: isStreaming,
      fenced: isFenced,
      says: against ?? 'Yes.',
    },
  };
}

function findObjection(question: HealthQuestion, seen: RoleReading): string | undefined {
  if (seen.role === 'unknown') return "Postgres doesn't answer here.";
  switch (question.asks) {
    case 'health':
      return undefined;
    case 'primary':
      if (seen.isFenced) return 'This member is fenced, or another took its place.';
      return seen.role === 'primary' ? undefined : 'It is in recovery.';
    case 'replica':
      if (seen.role !== 'standby') return 'It is no standby.';
      if (!seen.isStreaming) return "It doesn't stream from an upstream.";
      if (question.limit === undefined || isWithin(seen.lag, question.limit)) return undefined;
      return seen.lag?.ms === undefined && 'msMax' in question.limit
        ? 'It is behind, and not watched for long enough to say for how long.'
        : 'It is further behind than was asked for.';
  }
}
