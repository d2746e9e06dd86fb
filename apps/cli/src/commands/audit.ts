// petrov audit: is the record whole, and all of it as a file.
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checkLine, EMPTY_FILE, endFile } from '@petrov/core/audit';
import { AuditVerification } from '@petrov/core/wire';
import { sha256Hex, verifySignature } from '@petrov/runtime/signing';
import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { badInput, CliError } from '../errors.ts';
import { readLines } from '../reach/lines.ts';

export function addAudit(program: Command, cli: Cli): void {
  const audit = program.command('audit').description('the record of every decision, step and sign-in');
  audit
    .command('verify')
    .argument('[file]', 'an exported file, checked without any controller; default: the controller’s own record')
    .option('--key <public-key>', 'the engine’s public key that you trust, for a file')
    .description('check chain, checkpoints and signatures; exit 1 names the first bad entry')
    .action(async (file: string | undefined, { key }: { key?: string }) => {
      if (file === undefined && key !== undefined)
        throw badInput('--key goes with a file: the controller knows its own.');
      const found = file === undefined ? await verifyOwn(cli) : await verifyFile(file, key);
      cli.answer(found, () => found.says);
      if (!found.ok)
        throw new CliError('The record is not whole. Keep it as it is, and find out who could write to it.');
    });
  audit
    .command('export')
    .addOption(new Option('--format <format>', 'how it’s written').choices(['jsonl']).default('jsonl'))
    .option('--out <file>', 'where to; default: standard output')
    .description('the whole record as JSON Lines, which "petrov audit verify FILE" checks anywhere')
    .action(async ({ out }: { out?: string }) => {
      const stream = await (await cli.client()).stream('/audit/export');
      if (out === undefined) return await pipeline(Readable.from(stream), process.stdout, { end: false });
      await pipeline(Readable.from(stream), createWriteStream(out, { flags: 'wx', mode: 0o600 })).catch(
        (error: Error) => {
          throw new CliError(`${out} can't be written: ${error.message}. An existing file is never overwritten.`);
        },
      );
      const { size } = await stat(out);
      cli.answer(
        { file: out, bytes: size },
        () => `Written to ${out}, ${size} bytes. Check it with "petrov audit verify ${out}".`,
      );
    });
}

async function verifyOwn(cli: Cli): Promise<AuditVerification> {
  return await (await cli.client()).get('/audit/verify', AuditVerification);
}

async function verifyFile(file: string, publicKey: string | undefined): Promise<AuditVerification> {
  const kit = { hash: sha256Hex, verifyWith: verifySafely, publicKey };
  let check = EMPTY_FILE;
  for await (const line of readLines(file)) check = checkLine(check, line, kit);
  return AuditVerification.parse(endFile(check));
}

/** A key that is no key verifies nothing: that is a finding, not a crash. */
function verifySafely(publicKey: string, text: string, signature: string): boolean {
  try {
    return verifySignature(publicKey, text, signature);
  } catch {
    return false;
  }
}
