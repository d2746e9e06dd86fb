// Starts a writer in the client host of a site, and asks the surviving primary afterwards what it still has.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SandboxError } from '../errors.ts';
import { queryRows } from '../postgres/query.ts';
import type { HostProcess } from '../site/host-process.ts';
import type { Site } from '../site/site.ts';
import type { Ack } from './writer-config.ts';
import { CanaryLine, type WriterConfig } from './writer-config.ts';

export interface WriterOptions {
  /** Default: the site's first set. */
  readonly cluster?: string;
  /** A name of this writer within the site; its files are called after it. */
  readonly name?: string;
  /** Written to in place of the members: what stands before them. */
  readonly through?: readonly { readonly id: string; readonly host: string; readonly port: number }[];
  readonly connections?: number;
  readonly pauseMs?: number;
  readonly probeEveryMs?: number;
  /** Default: in the site's folder, gone with the site. */
  readonly logFile?: string;
  readonly onCanary?: (line: CanaryLine) => void;
}

export interface RunningWriter {
  readonly process: HostProcess;
  readonly logFile: string;
  stop(): Promise<void>;
}

export async function startWriter(site: Site, options: WriterOptions = {}): Promise<RunningWriter> {
  const { client } = site.description;
  const set = getSet(site, options.cluster);
  const name = options.name ?? `writer-${set.cluster}`;
  const logFile = options.logFile ?? join(site.folder, `${name}.jsonl`);
  const config: WriterConfig = {
    members: [
      ...(options.through ??
        set.members.map((member) => ({ id: member.id, host: member.addresses.app, port: member.port }))),
    ],
    user: client.role,
    passwordFile: client.passwordFile,
    database: client.database,
    logFile,
    connections: options.connections ?? 4,
    pauseMs: options.pauseMs ?? 0,
    probeEveryMs: options.probeEveryMs ?? 200,
  };
  const configFile = join(site.folder, `${name}.json`);
  await writeFile(configFile, JSON.stringify(config), { mode: 0o600 });
  await writeFile(logFile, '', { flag: 'a', mode: 0o600 });
  const program = fileURLToPath(new URL('./writer.ts', import.meta.url));
  const started = await site.spawnIn(client.id, [process.execPath, program, configFile], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (started.child.stdout !== null) {
    const lines = createInterface({ input: started.child.stdout });
    lines.on('line', (line) => options.onCanary?.(CanaryLine.parse(JSON.parse(line))));
  }
  const stop = async (): Promise<void> => {
    await started.stop();
  };
  return { process: started, logFile, stop };
}

/** Acknowledged ids that the set's only primary doesn't have; an error when there is none, or more than one. */
export async function findLostIds(site: Site, acks: readonly Ack[], cluster?: string): Promise<readonly number[]> {
  const set = getSet(site, cluster);
  const { members } = await site.status();
  const primaries = members.filter((member) => member.cluster === set.cluster && member.role === 'primary');
  const [primary] = primaries;
  if (primary === undefined || primaries.length > 1) {
    const there = primaries.map((member) => member.id).join(', ') || 'none';
    throw new SandboxError('no-primary', `lost writes need exactly one primary of ${set.cluster}; there is ${there}`);
  }
  const { socketFolder, port } = set.members.find((member) => member.id === primary.id) ?? {
    socketFolder: '',
    port: 0,
  };
  const rows = await queryRows<{ id: string }>(
    { socketFolder, port, database: 'app', timeoutMs: 30_000 },
    'SELECT acked.id FROM unnest($1::bigint[]) AS acked(id) WHERE NOT EXISTS (SELECT 1 FROM writes WHERE writes.id = acked.id)',
    [acks.map((ack) => ack.id)],
  );
  return rows.map((row) => Number(row.id));
}

function getSet(site: Site, cluster: string | undefined): Site['description']['sets'][number] {
  const { sets } = site.description;
  const set = cluster === undefined ? sets[0] : sets.find((candidate) => candidate.cluster === cluster);
  if (set !== undefined) return set;
  throw new SandboxError(
    'no-such-name',
    `there is no set "${cluster}"; there are ${sets.map((s) => s.cluster).join(', ')}`,
  );
}
