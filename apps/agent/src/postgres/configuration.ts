// The configuration that lies inside a data directory: what pg_rewind and a base backup overwrite with another member's.
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { readIfThere, syncFile, syncFolder, writeForServer } from '../state/durable.ts';

const NAMES = [
  'postgresql.conf',
  'postgresql.auto.conf',
  'pg_hba.conf',
  'pg_ident.conf',
  'conf.d',
  'server.crt',
  'server.key',
  'root.crt',
  'root.crl',
];

/** The bytes that were copied. */
export function saveConfiguration(dataDirectory: string, into: string): number {
  mkdirSync(into, { recursive: true, mode: 0o700 });
  const bytes = NAMES.map((name) => copyKeeping(join(dataDirectory, name), join(into, name)));
  syncFolder(into);
  return bytes.reduce((sum, one) => sum + one, 0);
}

/** For a program that runs as the server's user and overwrites it: what isn't that user's would end it half-way. */
export function handOverConfiguration(dataDirectory: string): void {
  const { uid, gid } = statSync(dataDirectory);
  const handOver = (path: string): void => {
    if (!existsSync(path) || !isOwnKind(path)) return;
    chownSync(path, uid, gid);
    if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) handOver(join(path, name));
  };
  for (const name of NAMES) handOver(join(dataDirectory, name));
}

/** As it was saved, and nothing of another member's beside it. */
export function putBackConfiguration(from: string, dataDirectory: string): void {
  for (const name of NAMES) {
    const place = join(dataDirectory, name);
    if (existsSync(place) && !isOwnKind(place)) continue; // a link to elsewhere: neither saved nor overwritten
    rmSync(place, { recursive: true, force: true });
    copyKeeping(join(from, name), place);
  }
  syncFolder(dataDirectory);
}

/** A file or a folder of files, with owner and mode, on disk when it returns. Resolves to its bytes; 0 where there's none. */
export function copyKeeping(from: string, to: string): number {
  if (!existsSync(from) || !isOwnKind(from)) return 0;
  const { uid, gid, mode, size } = lstatSync(from);
  const isFolder = lstatSync(from).isDirectory();
  if (isFolder) mkdirSync(to, { recursive: true });
  else copyFileSync(from, to);
  chownSync(to, uid, gid);
  chmodSync(to, mode & 0o7777);
  const inside = isFolder ? readdirSync(from).map((name) => copyKeeping(join(from, name), join(to, name))) : [size];
  syncFile(to);
  return inside.reduce((sum, one) => sum + one, 0);
}

function isOwnKind(path: string): boolean {
  const stat = lstatSync(path);
  return stat.isFile() || stat.isDirectory();
}

/** postgresql.auto.conf with these settings, as ALTER SYSTEM would write them; the server must be down. */
export function setDurably(dataDirectory: string, settings: Readonly<Record<string, string>>): void {
  const path = join(dataDirectory, 'postgresql.auto.conf');
  writeForServer(path, setInText(readIfThere(path) ?? '', settings));
}

export function setInText(text: string, settings: Readonly<Record<string, string>>): string {
  const names = Object.keys(settings);
  const isReplaced = (line: string) => names.some((name) => new RegExp(`^\\s*${name}\\b`, 'i').test(line));
  const kept = text.split('\n').filter((line) => line.trim() !== '' && !isReplaced(line));
  const set = Object.entries(settings).map(([name, value]) => `${name} = '${value.replace(/['\\]/g, '$&$&')}'`);
  return `${[...kept, ...set].join('\n')}\n`;
}
