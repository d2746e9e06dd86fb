// The executor's own record.
export * from './ahead.ts';
export * from './next-step.ts';
export * from './run.ts';
