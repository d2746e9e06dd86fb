// All that may happen next, as letters: what the sources say, what people ask for and answer, how steps end, how the controller
// dies. A letter is only offered where it can make a difference.
import { isEnded } from '@petrov/core/proposal';
import { type Ending, endingsOf } from './answer.ts';
import type { Hearing } from './hear.ts';
import { FORMER, type Model, PRIMARY, STANDBY } from './model.ts';
import type { Asked, Decided, Who } from './people.ts';

export type Letter =
  | {
      readonly does: 'hear';
      readonly says: Hearing | 'nothing';
      readonly afterMs: number;
      /** This member was made the primary meanwhile, by somebody else. */
      readonly by?: string;
    }
  | (Decided & { readonly does: 'decide' })
  | (Asked & { readonly does: 'ask' })
  | { readonly does: 'answer'; readonly index: number; readonly with: Ending }
  | { readonly does: 'answer-late'; readonly index: number }
  | { readonly does: 'answer-again' }
  | { readonly does: 'restart'; readonly how: 'plain' | 'clock-back' | 'tampered' };

/** How often people ask for something, answer what isn't needed to go on, and how often the controller dies. */
export type Bounds = {
  readonly restarts: number;
  readonly decisions: number;
  readonly odd: number;
  readonly requests: number;
};

const hearings: readonly Letter[] = [
  { does: 'hear', says: 'failing', afterMs: 2_000 },
  { does: 'hear', says: 'unasked-failing', afterMs: 2_000 },
  { does: 'hear', says: 'living', afterMs: 2_000 },
  { does: 'hear', says: 'nothing', afterMs: 6_000 },
];
const muchLater: Letter = { does: 'hear', says: 'failing', afterMs: 12_000 };

export function listLetters(model: Model, bounds: Bounds): readonly Letter[] {
  const isAsking = model.stored.proposal?.state === 'open' && model.spent.restarts === 0;
  return [
    ...hearings,
    ...(isAsking ? [muchLater] : []),
    ...(FORMER in model.truth.servers ? others(model) : []),
    ...decisions(model, bounds),
    ...(bounds.requests > 0 ? requests(model, bounds) : []),
    ...answers(model),
    ...restarts(model, bounds),
  ];
}

/** The members besides the primary fall silent; or somebody else's hand promotes one of them, once. */
function others({ truth }: Model): readonly Letter[] {
  const silent: Letter = { does: 'hear', says: 'members-silent', afterMs: 6_000 };
  if (truth.isTakenOver || truth.promotion !== 'no') return [silent];
  const takeOver = (by: string): Letter => ({ does: 'hear', says: 'living', afterMs: 6_000, by });
  return [silent, takeOver(STANDBY), takeOver(FORMER)];
}

function requests({ stored, spent }: Model, bounds: Bounds): readonly Letter[] {
  const ask = (kind: Asked['kind'], member: string, more: Partial<Asked> = {}): Letter => {
    return { does: 'ask', kind, member, as: 'operator', ...more };
  };
  const isLive = stored.proposal !== undefined && !isEnded(stored.proposal.state);
  if (isLive || spent.requests >= bounds.requests) return [ask('switchover', STANDBY)];
  return [
    ask('switchover', STANDBY),
    ask('switchover', STANDBY, { inMs: 4_000 }),
    ask('rejoin', FORMER),
    ask('rejoin', FORMER, { how: 'clone' }),
    ask('rejoin', PRIMARY),
    ask('rejoin', 'orders-9'),
    ask('switchover', 'orders-9'),
    ask('switchover', STANDBY, { inMs: -1_000 }),
    ask('switchover', STANDBY, { expectedPrimary: STANDBY }),
    ask('switchover', STANDBY, { expectedPrimary: PRIMARY }),
    ask('switchover', STANDBY, { as: 'viewer' }),
    ask('rejoin', FORMER, { as: 'script' }),
  ];
}

function decisions({ stored, spent }: Model, bounds: Bounds): readonly Letter[] {
  const { proposal } = stored;
  if (proposal === undefined || isEnded(proposal.state)) return [];
  const decide = (kind: Decided['kind'], as: Who, over: Decided['over'] = 'current'): Letter => {
    return { does: 'decide', kind, as, over };
  };
  const wrong =
    proposal.state === 'open'
      ? [
          decide('approve', 'operator'),
          decide('approve', 'viewer'),
          decide('approve', 'script'),
          decide('approve', 'approver', 'stale'),
          decide('approve', 'approver', 'other-digests'),
        ]
      : [];
  const letters = [decide('approve', 'approver'), decide('reject', 'operator'), ...wrong];
  if (spent.decisions >= bounds.decisions) return letters;
  return [...letters, decide('hold', 'operator'), decide('resume', 'approver'), decide('abandon', 'approver')];
}

/** What an earlier process sent to promote somebody is dropped at the target once it's too old. */
function answers(model: Model): readonly Letter[] {
  const { outstanding, orphaned, answered, nowMs } = model;
  return [
    ...outstanding.flatMap((act, index) =>
      endingsOf(model, act).map((ending): Letter => ({ does: 'answer', index, with: ending })),
    ),
    ...orphaned.flatMap((act, index): Letter[] =>
      act.step.verb === 'promote' && nowMs - act.sentAtMs > act.step.deadlineMs ? [] : [{ does: 'answer-late', index }],
    ),
    ...(answered === undefined ? [] : [{ does: 'answer-again' } as const]),
  ];
}

function restarts({ stored, spent }: Model, bounds: Bounds): readonly Letter[] {
  if (spent.restarts >= bounds.restarts) return [];
  const odd: Letter[] =
    spent.odd < bounds.odd && stored.run !== undefined
      ? [
          { does: 'restart', how: 'clock-back' },
          { does: 'restart', how: 'tampered' },
        ]
      : [];
  return [{ does: 'restart', how: 'plain' }, ...odd];
}

export function sayLetter(letter: Letter): string {
  switch (letter.does) {
    case 'hear': {
      const what = letter.by === undefined ? '' : `somebody else promotes ${letter.by}; `;
      return `${what}${letter.afterMs / 1000} s later the sources say: ${letter.says}`;
    }
    case 'decide':
      return `${letter.as} answers ${letter.kind} (${letter.over})`;
    case 'ask': {
      const { as, kind, member, how, inMs, expectedPrimary } = letter;
      const when = inMs === undefined ? '' : ` in ${inMs / 1000} s`;
      const from = expectedPrimary === undefined ? '' : `, away from ${expectedPrimary}`;
      return `${as} asks for a ${kind} of ${member}${how === undefined ? '' : ` (${how})`}${when}${from}`;
    }
    case 'answer':
      return `step ${letter.index} ends: ${letter.with}`;
    case 'answer-late':
      return `a step of the process before ends after all`;
    case 'answer-again':
      return 'the newest answer comes twice';
    case 'restart':
      return `restart (${letter.how})`;
  }
}
