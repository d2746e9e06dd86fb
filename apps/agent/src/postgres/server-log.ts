// Postgres's own log, to say in its words why a standby doesn't follow. Only what was written after the mark counts.
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { AgentConfig } from '@petrov/core/wire';
import { readIfThere } from '../state/durable.ts';

const TAIL_BYTES_MAX = 65_536;
const LINE_MAX = 400;
const COMPLAINT = /\b(?:FATAL|PANIC|ERROR): |forked off current database system|requested starting point/;
/** By these the member can never follow as it is: it has WAL that its upstream hasn't. */
const FORKED =
  /forked off current database system|is not in this server's history|is not a child of this server's history/;

type Place = Pick<AgentConfig, 'dataDirectory' | 'logFile'>;
export type ServerLog = { readonly lastComplaint: () => string | undefined; readonly isForked: () => boolean };

export function markLog(place: Place): ServerLog {
  const markedFile = findLog(place);
  const mark = markedFile !== undefined && existsSync(markedFile) ? statSync(markedFile).size : 0;
  const complaints = () => {
    const file = findLog(place);
    if (file === undefined || !existsSync(file)) return [];
    return findComplaints(readFrom(file, file === markedFile ? mark : 0));
  };
  return {
    lastComplaint: () => complaints().at(-1),
    isForked: () => complaints().some((line) => FORKED.test(line)),
  };
}

/** What the log says of a fork outweighs what came after it. */
export function findComplaints(text: string): string[] {
  const lines = text.split('\n').filter((line) => COMPLAINT.test(line));
  const words = lines.map((line) => line.replace(/^.*?\b((?:LOG|FATAL|PANIC|ERROR):)\s+/, '$1 ').slice(0, LINE_MAX));
  return words.toSorted((a, b) => Number(FORKED.test(a)) - Number(FORKED.test(b)));
}

function findLog({ dataDirectory, logFile }: Place): string | undefined {
  if (logFile !== undefined) return logFile;
  const named = /^stderr (.+)$/m.exec(readIfThere(join(dataDirectory, 'current_logfiles')) ?? '')?.[1];
  if (named === undefined) return undefined;
  return isAbsolute(named) ? named : join(dataDirectory, named);
}

function readFrom(path: string, mark: number): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const from = Math.max(size < mark ? 0 : mark, size - TAIL_BYTES_MAX);
    const bytes = Buffer.alloc(size - from);
    readSync(file, bytes, 0, bytes.length, from);
    return bytes.toString('utf8');
  } finally {
    closeSync(file);
  }
}
