// The record for people: how entries are chained, signed, written to a file and verified.
export * from './checkpoint.ts';
export * from './entry.ts';
export * from './export-file.ts';
export * from './verify-chain.ts';
