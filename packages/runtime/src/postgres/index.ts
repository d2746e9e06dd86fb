// Postgres over the network: pools for a store of our own, single connections with deadlines for servers that may be ill.
export * from './connection.ts';
export * from './failure.ts';
export * from './held-up.ts';
export * from './pool.ts';
export * from './timeline.ts';
