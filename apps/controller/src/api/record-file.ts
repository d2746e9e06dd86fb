// `var/controller.json`: how a terminal on this host finds the running controller. Gone when the controller stops.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ControllerRecord } from '@petrov/core/wire';

export async function writeControllerRecord(file: string, record: ControllerRecord): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const beside = `${file}.${record.pid}`;
  await writeFile(beside, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  await rename(beside, file);
}

/** Only our own: another controller may have taken the place. */
export async function removeControllerRecord(file: string, pid: number): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  if (ControllerRecord.parse(JSON.parse(text)).pid === pid) await rm(file, { force: true });
}
