// The lines of a file, of a gzip file, or of standard input (`-`), one by one.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { badInput } from '../errors.ts';

/** Throws bad input for a file that can't be read. */
export async function* readLines(file: string): AsyncGenerator<string> {
  const source = file === '-' ? process.stdin : createReadStream(file);
  const text = new PassThrough();
  // One pipeline, so that a failure of any part ends the reading with its reason.
  const piped = file.endsWith('.gz') ? pipeline(source, createGunzip(), text) : pipeline(source, text);
  piped.catch((error: Error) => text.destroy(error));
  try {
    for await (const line of createInterface({ input: text, crlfDelay: Infinity })) yield line;
    await piped;
  } catch (error) {
    throw badInput(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
