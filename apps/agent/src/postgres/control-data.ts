// What the control file says, for a server that may be down: by pg_controldata. After a clean stop the last position is
// known; after a crash the WAL itself is read to its end, within a bound.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Lsn } from '@petrov/core/cluster';

const run = promisify(execFile);
const WITHIN_MS = 2_000;
const WAL_WITHIN_MS = 400;

export type ControlData = {
  readonly systemIdentifier: string;
  readonly state: string;
  readonly timeline: number;
  readonly checkpoint: Lsn;
  readonly redo: Lsn;
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
  };
}

export async function readControlData(binDirectory: string, dataDirectory: string): Promise<ControlData> {
  const { stdout } = await run(join(binDirectory, 'pg_controldata'), ['-D', dataDirectory], {
    timeout: WITHIN_MS,
    env: { ...process.env, LC_ALL: 'C' },
  });
  return parseControlData(stdout);
}

/** The end of the WAL that a stopped server holds; undefined when it can't be told in time. */
export async function readLastLsn(
  binDirectory: string,
  dataDirectory: string,
  control: ControlData,
): Promise<Lsn | undefined> {
  if (control.state === 'shut down') return control.checkpoint;
  const args = ['-q', '-p', join(dataDirectory, 'pg_wal'), '-t', String(control.timeline), '-s', control.redo];
  try {
    await run(join(binDirectory, 'pg_waldump'), args, { timeout: WAL_WITHIN_MS, env: { ...process.env, LC_ALL: 'C' } });
    return undefined;
  } catch (error) {
    // It always ends with an error: the place of the first record that isn't there.
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    const at = Lsn.safeParse(/record at ([0-9A-F]+\/[0-9A-F]+)/i.exec(said)?.[1]);
    return at.success ? at.data : undefined;
  }
}
