// Breadth-first over everything that may happen beside a straight story, so that the first violation found is the one with the
// fewest letters. It says how far it looked: a search that was cut short proves less than one that wasn't.
import type { ProposalState } from '@petrov/core/proposal';
import { type Bounds, type Letter, listLetters, sayLetter } from './alphabet.ts';
import { applyLetter, type Watcher } from './apply.ts';
import { findViolation, type Violation } from './invariants.ts';
import { keyOf } from './key.ts';
import { createModel, type Engine, type Model } from './model.ts';
import { stories, type StoryName, warmUp } from './stories.ts';

export type Search = Bounds & {
  /** Each point of this story is a start. */
  readonly along: StoryName;
  /** No more proposals than this are opened. */
  readonly proposals: number;
  /** How many letters from a start are looked at. */
  readonly depth: number;
  /** A net for time and memory, not meant to be hit: whoever hits it hasn't looked at all of its depth. */
  readonly statesMax: number;
};
export type Explored = {
  readonly states: number;
  readonly steps: number;
  /** From each start every order of so many letters was looked at. */
  readonly depth: number;
  /** What ended it: no state was left to go on from, the depth or the states it was given, or a broken promise. */
  readonly ended: 'nothing-left' | 'at-depth' | 'at-states' | 'at-violation';
  readonly reached: ReadonlySet<ProposalState>;
  readonly promotions: number;
  readonly violation?: (Violation & { readonly story: readonly string[] }) | undefined;
};
type Trail = { readonly letter: Letter; readonly from?: Trail | undefined };
/** Of what lies behind only the letters are kept: the models of a whole search don't fit into memory. */
type Node = { readonly model: Model; readonly trail?: Trail | undefined };

export function explore(engine: Engine, search: Search): Explored {
  const found = { steps: 0, promotions: 0, reached: new Set<ProposalState>() };
  const seen = new Set<string>();
  let violation: Violation | undefined;
  const watch: Watcher = (step) => {
    found.steps += 1;
    for (const effect of step.effects) {
      if (effect.type === 'store' && effect.what === 'proposal') found.reached.add(effect.proposal.state);
      if (effect.type === 'perform' && effect.step.verb === 'promote') found.promotions += 1;
    }
    violation ??= findViolation(step);
  };
  const end = (ended: Explored['ended'], depth: number): Explored => ({ ...found, states: seen.size, depth, ended });
  const endBroken = (trail: Trail, depth: number): Explored => ({
    ...end('at-violation', depth),
    ...(violation === undefined ? {} : { violation: { ...violation, story: tellStory(trail) } }),
  });
  /** The state after one more letter, or what it broke. */
  const go = ({ model, trail }: Node, letter: Letter): Node | 'broken' => {
    const next = { letter, from: trail };
    try {
      const after = applyLetter(engine, model, letter, watch);
      return violation === undefined ? { model: after, trail: next } : 'broken';
    } catch (error) {
      // The engine throws on what must not happen: a transition outside its table, an event that can't follow.
      violation ??= { invariant: 'journal', says: error instanceof Error ? error.message : String(error) };
      return 'broken';
    }
  };
  const isNew = (model: Model) => {
    const { size } = seen;
    return seen.add(keyOf(model)).size > size;
  };

  let frontier: Node[] = [];
  const { world, letters } = stories[search.along];
  let at: Node = { model: createModel(engine, world) };
  for (const [index, letter] of [...warmUp, ...letters].entries()) {
    const next = go(at, letter);
    if (next === 'broken') return endBroken({ letter, from: at.trail }, 0);
    at = next;
    if (index >= warmUp.length - 1 && isNew(at.model)) frontier.push(at);
  }
  for (let depth = 0; depth < search.depth; depth += 1) {
    const layer: Node[] = [];
    for (const node of frontier) {
      for (const letter of listLetters(node.model, search)) {
        const next = go(node, letter);
        if (next === 'broken') return endBroken({ letter, from: node.trail }, depth);
        if ((next.model.stored.record?.proposalsOpened ?? 0) > search.proposals || !isNew(next.model)) continue;
        if (seen.size > search.statesMax) return end('at-states', depth);
        layer.push(next);
      }
    }
    if (layer.length === 0) return end('nothing-left', depth + 1);
    frontier = layer;
  }
  return end('at-depth', search.depth);
}

function tellStory(trail: Trail): readonly string[] {
  const story: string[] = [];
  for (let at: Trail | undefined = trail; at !== undefined; at = at.from) story.unshift(sayLetter(at.letter));
  return story;
}
