// All that may happen next, as letters: what the sources say, what people answer, how steps end, how the controller dies.
// A letter is only offered where it can make a difference.
import { isEnded } from '@petrov/core/proposal';
import type { Model } from './model.ts';

export type Letter =
  | {
      readonly does: 'hear';
      readonly says: 'failing' | 'unasked-failing' | 'living' | 'nothing';
      readonly afterMs: number;
    }
  | {
      readonly does: 'decide';
      readonly kind: 'approve' | 'reject' | 'hold' | 'resume' | 'abandon';
      readonly as: 'approver' | 'operator' | 'viewer' | 'script';
      readonly over: 'current' | 'stale' | 'other-digests';
    }
  | {
      readonly does: 'answer';
      readonly index: number;
      readonly with: 'done' | 'found-promoted' | 'refused' | 'ambiguous';
    }
  | { readonly does: 'answer-late'; readonly index: number }
  | { readonly does: 'answer-again' }
  | { readonly does: 'restart'; readonly how: 'plain' | 'clock-back' | 'tampered' };

export type Bounds = { readonly restarts: number; readonly decisions: number; readonly odd: number };

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
    ...decisions(model, bounds),
    ...answers(model),
    ...restarts(model, bounds),
  ];
}

function decisions({ stored, spent }: Model, bounds: Bounds): readonly Letter[] {
  const { proposal } = stored;
  if (proposal === undefined || isEnded(proposal.state)) return [];
  const decide = (
    kind: Extract<Letter, { does: 'decide' }>['kind'],
    as: Extract<Letter, { does: 'decide' }>['as'],
    over: Extract<Letter, { does: 'decide' }>['over'] = 'current',
  ): Letter => ({ does: 'decide', kind, as, over });
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

function answers({ outstanding, orphaned, answered, stored, truth }: Model): readonly Letter[] {
  const mayBePromoted = stored.run?.journal.some((e) => e.type === 'started' && e.step === 'promote') === true;
  const isPromoted = truth.promoted.includes(stored.run?.plan.epoch ?? -1);
  return [
    ...outstanding.flatMap((perform, index): Letter[] => {
      const isSettle = perform.step.verb === 'settle';
      return [
        ...(isSettle && isPromoted ? [] : [{ does: 'answer', index, with: 'done' } as const]),
        { does: 'answer', index, with: 'refused' },
        { does: 'answer', index, with: 'ambiguous' },
        ...(isSettle && mayBePromoted ? [{ does: 'answer', index, with: 'found-promoted' } as const] : []),
      ];
    }),
    ...orphaned.map((_, index): Letter => ({ does: 'answer-late', index })),
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
    case 'hear':
      return `${letter.afterMs / 1000} s later the sources say: ${letter.says}`;
    case 'decide':
      return `${letter.as} answers ${letter.kind} (${letter.over})`;
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
