// The executor's own record.
export * from './next-step.ts';
export * from './run.ts';
