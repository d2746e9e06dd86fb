// What was seen, by whom, how long ago.
export * from './held-up.ts';
export * from './memory.ts';
export * from './observation.ts';
export * from './order.ts';
export * from './reading.ts';
export * from './receiver.ts';
export * from './source.ts';
export * from './track.ts';
