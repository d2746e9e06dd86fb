// What was seen, by whom, how long ago.
export * from './observation.ts';
