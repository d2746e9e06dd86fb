// Would a failover work, and what would it cost: said beforehand.
export * from './check.ts';
export * from './check-readiness.ts';
export * from './facts.ts';
export { CHECKS } from './checks/index.ts';
