// Files that survive a crash of the host: written beside, fsynced, renamed over, the folder fsynced.
import {
  closeSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

type Owner = { readonly uid: number; readonly gid: number };

export function writeDurably(path: string, text: string, owner?: Owner): void {
  const beside = `${path}.new`;
  const file = openSync(beside, 'w', 0o600);
  try {
    if (owner) fchownSync(file, owner.uid, owner.gid);
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  syncFolder(dirname(path));
}

/** A file of the server's: it belongs to whom its folder belongs to. */
export function writeForServer(path: string, text: string): void {
  writeDurably(path, text, statSync(dirname(path)));
}

export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  syncFolder(dirname(to));
}

export function removeDurably(path: string): void {
  rmSync(path, { force: true });
  syncFolder(dirname(path));
}

/** Undefined when there is no such file; any other trouble is thrown. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

export function syncFolder(path: string): void {
  syncFile(path); // a folder is synced as a file is
}

export function syncFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
