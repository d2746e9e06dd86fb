// What we believe, and why.
export * from './assess.ts';
export * from './assessment.ts';
export * from './case.ts';
export {
  find,
  findReach,
  findHosts,
  findClients,
  findTestimony,
  hasFirstBadAnswer,
  type Findings,
} from './findings/index.ts';
export { hypotheses } from './hypotheses/index.ts';
export { countQuorum } from './quorum.ts';
export * from './words.ts';
