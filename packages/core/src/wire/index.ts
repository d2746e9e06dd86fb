// What crosses a border: configuration, observation batches, agents' protocol, REST and live events.
export * from './admin.ts';
export * from './agent.ts';
export * from './api.ts';
export * from './audit-view.ts';
export * from './batch.ts';
export * from './config.ts';
export * from './fences.ts';
export * from './member-view.ts';
export * from './routing-config.ts';
export * from './readiness.ts';
export * from './run-view.ts';
export * from './sandbox-api.ts';
export * from './secret-reference.ts';
export * from './trace.ts';
