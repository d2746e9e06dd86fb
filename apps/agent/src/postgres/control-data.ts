// What the control file says, for a server that may be down: by pg_controldata.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Lsn } from '@petrov/core/cluster';

const run = promisify(execFile);
const WITHIN_MS = 2_000;

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
  const { stdout } = await run(join(binDirectory, 'pg_controldata'), ['-D', dataDirectory], {
    timeout: WITHIN_MS,
    env: { ...process.env, LC_ALL: 'C' },
  });
  return parseControlData(stdout);
}
