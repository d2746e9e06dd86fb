// Everything that may happen to one proposal and its run, looked at one by one.
export { explore, type Explored, type Search } from './search.ts';
export { type Engine, realEngine } from './model.ts';
export type { InvariantId } from './invariants.ts';
