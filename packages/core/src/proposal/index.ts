// The question to a person and its life.
export * from './advance.ts';
export * from './proposal.ts';
export * from './transitions.ts';
