// What would be done, what it would cost, and whether that is sound.
export * from './build-plan.ts';
export * from './candidate.ts';
export * from './check-plan.ts';
export * from './fast-forward.ts';
export * from './loss.ts';
export * from './old-slots.ts';
export * from './plan.ts';
export * from './plan-fence.ts';
export * from './rejoin.ts';
export * from './request.ts';
export * from './requested.ts';
export * from './switchover.ts';
export * from './sync-again.ts';
