// petrov replay FILE: a recorded trace through the detector that runs in production, with the trace's own clock.
import { PolicyInput } from '@petrov/core/cluster';
import { BadTraceError } from '@petrov/core/wire';
import { sha256Hex } from '@petrov/runtime/signing';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { badInput } from '../errors.ts';
import { readLines } from '../reach/lines.ts';

export function addReplay(program: Command, cli: Cli): void {
  program
    .command('replay')
    .argument('<file>', 'a trace: JSON Lines, gzip when it ends in .gz, - for standard input')
    .option('--policy <file>', 'try another policy: a YAML file with the keys of a cluster’s policy')
    .description('what Petrov would have made of a recorded trace')
    .action(async (file: string, { policy: policyFile }: { policy?: string }) => {
      // Loaded when it's asked for: the other commands start without the engine.
      const { replay, tellReplay } = await import('@petrov/core/engine');
      const policy = policyFile === undefined ? undefined : await readPolicy(policyFile);
      const lines = await readAll(file);
      try {
        const given = { hash: sha256Hex, parseAtMs: (iso: string) => Date.parse(iso), toIso, policy };
        for (const line of replay(lines, given)) {
          if (cli.options().json) cli.printJson(line);
          else cli.print(tellReplay(line));
        }
      } catch (error) {
        if (error instanceof BadTraceError) throw badInput(`${file}, ${error.message}`);
        throw error;
      }
    });
}

async function readPolicy(file: string): Promise<PolicyInput> {
  const { loadConfig } = await import('@petrov/runtime/config');
  try {
    return loadConfig(file, PolicyInput);
  } catch (error) {
    throw badInput(error instanceof Error ? error.message : String(error));
  }
}

/** The detector is synchronous, so the trace is read first. */
async function readAll(file: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(file)) lines.push(line);
  return lines;
}

function toIso(atMs: number): string {
  return new Date(atMs).toISOString();
}
