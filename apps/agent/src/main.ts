// petrov-agent [run | gate] --config FILE: runs the agent of one database host, or asks its gate whether Postgres may start.
import { parseArgs } from 'node:util';
import { AgentConfig } from '@petrov/core/wire';
import { systemClock } from '@petrov/runtime/clock';
import { ConfigInvalid, loadConfig } from '@petrov/runtime/config';
import { createLog } from '@petrov/runtime/log';
import { Shutdown } from '@petrov/runtime/shutdown';
import { startAgent } from './agent.ts';
import { askGate } from './gate.ts';

const usage = `Usage: petrov-agent [run] --config FILE    watch this host, act on the engine's commands
       petrov-agent gate --config FILE     may Postgres start here? Exit 0: yes; 1: no, and why

Logs go to stderr; PETROV_LOG sets their level.
`;

const log = createLog('agent');
const shutdown = new Shutdown(log, 10_000);
try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof ConfigInvalid || (error instanceof TypeError && 'code' in error);
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(isUsage ? 2 : 1);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { config: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [command = 'run', ...rest] = positionals;
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (values.config === undefined || rest.length > 0 || !['run', 'gate'].includes(command)) {
    process.stderr.write(usage);
    return 2;
  }
  const config = loadConfig(values.config, AgentConfig);
  if (command === 'gate') {
    const { may, says } = await askGate(config);
    process.stdout.write(`${says}\n`);
    return may ? 0 : 1;
  }
  shutdown.listen();
  startAgent(config, { clock: systemClock, log, shutdown });
  return 0;
}
