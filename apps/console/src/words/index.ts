// The console's vocabulary: numbers, marks, evidence.
export * from './format.ts';
export * from './tables.ts';
export * from './evidence.ts';
export * from './plan.ts';
