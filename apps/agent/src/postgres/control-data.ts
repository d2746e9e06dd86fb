// What the control file says, for a server that may be down: by pg_controldata. What it said stays known while the file
// rests: of a server that is down it's read again and again on the way to a promotion.
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Lsn } from '@petrov/core/cluster';

const run = promisify(execFile);
const WITHIN_MS = 2_000;
/** A file changed less than this ago could change once more and bear the same time: file systems count it in ticks. */
const RESTS_AFTER_MS = 1_000;
const known = new Map<string, { readonly version: string; readonly data: ControlData }>();

export type ControlData = {
  readonly systemIdentifier: string;
  readonly state: string;
  readonly timeline: number;
  readonly checkpoint: Lsn;
  readonly redo: Lsn;
  readonly segmentBytes: number;
};

export function parseControlData(text: string): ControlData {
  const read = (name: string): string => {
    const line = text.split('\n').find((one) => one.startsWith(`${name}:`));
    if (line === undefined) throw new Error(`pg_controldata says nothing of "${name}"`);
    return line.slice(name.length + 1).trim();
  };
  return {
    systemIdentifier: read('Database system identifier'),
    state: read('Database cluster state'),
    timeline: Number(read("Latest checkpoint's TimeLineID")),
    checkpoint: Lsn.parse(read('Latest checkpoint location')),
    redo: Lsn.parse(read("Latest checkpoint's REDO location")),
    segmentBytes: Number(read('Bytes per WAL segment')),
  };
}

export async function readControlData(binDirectory: string, dataDirectory: string): Promise<ControlData> {
  const path = join(dataDirectory, 'global', 'pg_control');
  const version = restingVersion(path);
  const kept = known.get(path);
  if (version !== undefined && kept?.version === version) return kept.data;
  const { stdout } = await run(join(binDirectory, 'pg_controldata'), ['-D', dataDirectory], {
    timeout: WITHIN_MS,
    env: { ...process.env, LC_ALL: 'C' },
  });
  const data = parseControlData(stdout);
  if (version !== undefined && version === restingVersion(path)) known.set(path, { version, data });
  return data;
}

/** Undefined for a file that isn't there, or that changed just now. */
function restingVersion(path: string): string | undefined {
  const file = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (file === undefined || Math.abs(Date.now() - Number(file.ctimeMs)) < RESTS_AFTER_MS) return undefined;
  return [file.dev, file.ino, file.size, file.mtimeNs, file.ctimeNs].join('/');
}
