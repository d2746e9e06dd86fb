// Breadth-first over everything that may happen, so that the first violation found has the shortest story.
import type { ProposalState } from '@petrov/core/proposal';
import { type Bounds, type Letter, listLetters, sayLetter } from './alphabet.ts';
import { applyLetter, type Watcher } from './apply.ts';
import { findViolation, type Violation } from './invariants.ts';
import { keyOf } from './key.ts';
import { createModel, type Engine, type Model } from './model.ts';

export type Explored = {
  readonly states: number;
  readonly steps: number;
  readonly isComplete: boolean;
  readonly reached: ReadonlySet<ProposalState>;
  readonly promotions: number;
  readonly violation?: (Violation & { readonly story: readonly string[] }) | undefined;
};
type Node = { readonly model: Model; readonly letter?: Letter | undefined; readonly from?: Node | undefined };

const warmUp: readonly Letter[] = [
  ...Array.from({ length: 5 }, (): Letter => ({ does: 'hear', says: 'living', afterMs: 1_000 })),
  { does: 'hear', says: 'failing', afterMs: 1_000 },
];

/** `statesMax` bounds the search; `isComplete` says whether nothing was left to look at. */
export function explore(
  engine: Engine,
  bounds: Bounds & { readonly statesMax: number; readonly proposals: number },
): Explored {
  const found = { steps: 0, promotions: 0, reached: new Set<ProposalState>() };
  let violation: Violation | undefined;
  const watch: Watcher = (seen) => {
    found.steps += 1;
    for (const effect of seen.effects) {
      if (effect.type === 'store' && effect.what === 'proposal') found.reached.add(effect.proposal.state);
      if (effect.type === 'perform' && effect.step.verb === 'promote') found.promotions += 1;
    }
    violation ??= findViolation(seen);
  };
  const root: Node = {
    model: warmUp.reduce((m, letter) => applyLetter(engine, m, letter, watch), createModel(engine)),
  };
  const seen = new Set([keyOf(root.model)]);
  let frontier: Node[] = [root];
  const end = (isComplete: boolean, story?: readonly string[]): Explored => ({
    ...found,
    states: seen.size,
    isComplete,
    ...(violation === undefined || story === undefined ? {} : { violation: { ...violation, story } }),
  });
  while (frontier.length > 0) {
    const next: Node[] = [];
    for (const node of frontier) {
      for (const letter of listLetters(node.model, bounds)) {
        const outcome = tryLetter(engine, node, letter, watch);
        if ('thrown' in outcome) violation ??= { invariant: 'journal', says: outcome.thrown };
        if (violation !== undefined) return end(false, tellStory({ model: node.model, letter, from: node }));
        if (!('model' in outcome) || (outcome.model.stored.record?.proposalsOpened ?? 0) > bounds.proposals) continue;
        const key = keyOf(outcome.model);
        if (seen.has(key)) continue;
        if (seen.size >= bounds.statesMax) return end(false);
        seen.add(key);
        next.push({ model: outcome.model, letter, from: node });
      }
    }
    frontier = next;
  }
  return end(true);
}

/** The engine throws on what must not happen: a transition outside its table, an event that can't follow. */
function tryLetter(
  engine: Engine,
  node: Node,
  letter: Letter,
  watch: Watcher,
): { readonly model: Model } | { readonly thrown: string } {
  try {
    return { model: applyLetter(engine, node.model, letter, watch) };
  } catch (error) {
    return { thrown: error instanceof Error ? error.message : String(error) };
  }
}

function tellStory(node: Node): readonly string[] {
  const story: string[] = [];
  for (let at: Node | undefined = node; at?.letter !== undefined; at = at.from) story.unshift(sayLetter(at.letter));
  return story;
}
