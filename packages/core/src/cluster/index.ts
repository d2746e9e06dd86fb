// What a cluster is: positions, members, policy.
export * from './lsn.ts';
export * from './policy.ts';
export * from './slot-name.ts';
export * from './sync-names.ts';
export * from './topology.ts';
