// petrov-witness --config FILE: starts a witness and ends it cleanly on SIGTERM.
import { parseArgs } from 'node:util';
import { WitnessConfig } from '@petrov/core/wire';
import { systemClock } from '@petrov/runtime/clock';
import { ConfigInvalid, loadConfig } from '@petrov/runtime/config';
import { createLog } from '@petrov/runtime/log';
import { Shutdown } from '@petrov/runtime/shutdown';
import { startWitness } from './witness.ts';

const usage = `Usage: petrov-witness --config FILE

Watches the members that FILE names and reports what it sees to Redis. Logs go to stderr; PETROV_LOG sets their level.
`;

const log = createLog('witness');
const shutdown = new Shutdown(log, 5_000);
try {
  const { values } = parseArgs({ options: { config: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(usage);
  } else if (values.config === undefined) {
    process.stderr.write(`--config FILE is missing.\n\n${usage}`);
    process.exitCode = 2;
  } else {
    shutdown.listen();
    await startWitness(loadConfig(values.config, WitnessConfig), { clock: systemClock, log, shutdown });
  }
} catch (error) {
  await shutdown.run().catch(() => undefined);
  const isUsage = error instanceof ConfigInvalid || (error instanceof TypeError && 'code' in error);
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(isUsage ? 2 : 1);
}
