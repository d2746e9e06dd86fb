// `petrov`: what a person types at a terminal. Results on stdout, everything else on stderr; 0 = done, 1 = refused or
// failed, 2 = bad usage or input.
import { userInfo } from 'node:os';
import path from 'node:path';
import { makeCli } from './cli.ts';
import { readCliEnvironment } from './config.ts';
import { run } from './run.ts';

// A reader that has seen enough (`petrov audit export | head`) ends the command; that's no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const root = path.resolve(import.meta.dirname, '../../..');
const cli = makeCli({
  ...readCliEnvironment(process.env),
  root,
  osUser: userInfo().username,
  out: process.stdout,
  err: process.stderr,
  input: process.stdin,
});
process.exitCode = await run(process.argv.slice(2), cli);
