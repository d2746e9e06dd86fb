// petrov-controller --config FILE [--admin-socket PATH] [--record FILE] [--console FOLDER]
// Reads the configuration, starts the controller, ends it cleanly at SIGTERM or SIGINT. Exit codes: 0 ended, 1 failed,
// 2 bad usage or configuration.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ControllerConfig } from '@petrov/core/wire';
import { systemClock } from '@petrov/runtime/clock';
import { ConfigInvalid, loadConfig } from '@petrov/runtime/config';
import { createLog } from '@petrov/runtime/log';
import { resolveSecret, SecretUnreadable } from '@petrov/runtime/secrets';
import { Shutdown } from '@petrov/runtime/shutdown';
import { z } from 'zod';
import { startController } from './start.ts';

const log = createLog('controller');
const shutdown = new Shutdown(log);

class BadUsage extends Error {}

try {
  await main();
} catch (error) {
  fail(error);
}

async function main(): Promise<void> {
  const args = readArgs();
  const file = resolve(args.config);
  const config = loadConfig(file, ControllerConfig);
  shutdown.listen();
  const api = await startController({
    config,
    storeUrl: readUrl(config.store?.url, { name: 'DATABASE_URL', key: 'store.url' }),
    redisUrl: readUrl(config.redis?.url, { name: 'REDIS_URL', key: 'redis.url' }),
    version: z.object({ version: z.string() }).parse(JSON.parse(readHere('../package.json'))).version,
    adminSocket: args['admin-socket'] ?? join(dirname(file), 'admin.sock'),
    recordFile: args.record,
    consoleFolder: args.console ?? fileURLToPath(new URL('../../console/dist', import.meta.url)),
    crash: { crashAt: process.env['PETROV_CRASH_AT'], stopAt: process.env['PETROV_STOP_AT'] },
    clock: systemClock,
    log,
    shutdown,
    end: fail,
  });
  log.info({ url: api.url, clusters: config.clusters.map(({ id }) => id) }, 'the controller watches');
}

function readArgs() {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: 'string' },
        'admin-socket': { type: 'string' },
        record: { type: 'string' },
        console: { type: 'string' },
      },
    });
    if (values.config !== undefined) return { ...values, config: values.config };
  } catch (error) {
    throw new BadUsage(error instanceof Error ? error.message : String(error));
  }
  throw new BadUsage('Which configuration? petrov-controller --config FILE');
}

function readUrl(given: string | undefined, from: { name: string; key: string }): string {
  if (given !== undefined) return /^(file|env):/.test(given) ? resolveSecret(given).reveal() : given;
  const url = process.env[from.name];
  if (url === undefined || url === '') throw new BadUsage(`Set "${from.key}" in the configuration, or ${from.name}.`);
  return url;
}

function readHere(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

/** Says it once and ends; what was started is ended in order. */
function fail(error: unknown): void {
  const isInput = error instanceof BadUsage || error instanceof ConfigInvalid || error instanceof SecretUnreadable;
  if (isInput) log.fatal(error.message);
  else log.fatal({ err: error }, 'the controller ends');
  process.exitCode = isInput ? 2 : 1;
  shutdown
    .run()
    .finally(() => process.exit())
    .catch(() => undefined);
}
