// What a person answers, on what, and whether they may.
export * from './consent.ts';
export * from './decision.ts';
export * from './digest.ts';
export * from './material-change.ts';
export * from './who-may.ts';
