// Real servers for integration tests: throw-away Postgres clusters and a Redis, on loopback, gone when ended.
export * from './postgres.ts';
export * from './redis.ts';
