// What a rig leaves behind after it was taken down: processes in the namespaces that its site had, processes of its own,
// folders, mounts. Looked for by what was on record while it ran, never by name.
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { findIdentity, isAlive, listSites, type ProcessIdentity } from '@petrov/sandbox';
import type { Check } from '../run/report.ts';

export type Traces = {
  readonly namespaces: readonly string[];
  /** Each namespace held open until the check: a number that is free again may be another site's at once. */
  readonly held: readonly number[];
  readonly processes: readonly ProcessIdentity[];
  readonly folders: readonly string[];
};

/** Taken while the rig runs. */
export async function collectTraces(
  root: string,
  of: { readonly site: string; readonly pids: readonly number[]; readonly folders: readonly string[] },
): Promise<Traces> {
  const found = (await listSites(root)).find(({ record }) => record.id === of.site)?.record;
  const inits = found?.hosts.flatMap(({ init }) => (init === null ? [] : [init])) ?? [];
  return {
    namespaces: inits.flatMap(({ pid }) => namespaceOf(pid) ?? []),
    held: inits.flatMap(({ pid }) => holdNamespaceOf(pid) ?? []),
    processes: [...inits, ...of.pids.flatMap((pid) => findIdentity(pid) ?? [])],
    folders: [...(found === undefined ? [] : [found.folder, ...found.outsideFolders]), ...of.folders],
  };
}

/** Once: it lets go of what was held for it. */
export function checkNothingLeft(traces: Traces): Check {
  const left = listLeft(traces);
  for (const open of traces.held) closeSync(open);
  const looked = `${traces.namespaces.length} namespaces, ${traces.processes.length} processes, ${traces.folders.length} folders`;
  return {
    id: 'nothing-left-behind',
    ok: left.length === 0,
    says: left.length === 0 ? `${looked} are gone` : left.join('; '),
  };
}

function listLeft(traces: Traces): readonly string[] {
  const wanted = new Set(traces.namespaces);
  const inside = readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && wanted.has(namespaceOf(Number(name)) ?? ''),
  );
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  return [
    ...inside.map((pid) => `process ${pid} in a namespace of the site`),
    ...traces.processes.filter(isAlive).map(({ pid }) => `process ${pid}`),
    ...traces.folders.filter((folder) => existsSync(folder)).map((folder) => `folder ${folder}`),
    ...traces.folders.flatMap((folder) =>
      mounts.filter((line) => line.includes(folder)).map((line) => `mount ${line}`),
    ),
  ];
}

function holdNamespaceOf(pid: number): number | undefined {
  try {
    return openSync(`/proc/${pid}/ns/pid`, 'r');
  } catch {
    return undefined; // it ended while we looked
  }
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined; // it ended while we looked
  }
}
