// A witness: watches its clusters and itself, and reports. It holds no data and decides nothing.
import type { WitnessConfig } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import type { Logger } from '@petrov/runtime/log';
import { newId } from '@petrov/runtime/random';
import { createRedis } from '@petrov/runtime/redis';
import { resolveSecret } from '@petrov/runtime/secrets';
import type { Shutdown } from '@petrov/runtime/shutdown';
import { createSigner } from '@petrov/runtime/signing';
import { self } from './probes/self.ts';
import { LOOK_BLOCK_MS, LookReader } from './report/look-reader.ts';
import { Reporter } from './report/reporter.ts';
import { ClusterWatch } from './schedule/cluster-watch.ts';
import { Lane } from './schedule/lane.ts';
import { ClockWatch } from './self/clock-watch.ts';
import { openDoor } from './self/door.ts';

export async function startWitness(
  config: WitnessConfig,
  { clock, log, shutdown }: { clock: Clock; log: Logger; shutdown: Shutdown },
): Promise<void> {
  const source = config.id;
  const signer = createSigner(resolveSecret(config.key).reveal());
  const redis = createRedis({ url: config.redis, name: `${source}-reports`, log });
  shutdown.add('redis', () => redis.disconnect());
  const looksRedis = createRedis({
    url: config.redis,
    name: `${source}-looks`,
    log,
    commandTimeoutMs: LOOK_BLOCK_MS + 2_000,
  });

  const reporter = new Reporter({ source, bootId: newId('boot'), redis, signer, clock, log });
  shutdown.add('reporter', () => reporter.end());

  const watches = config.clusters.map(
    (cluster) =>
      new ClusterWatch(cluster, {
        source,
        intervalMs: config.intervalMs,
        clock,
        onSighting: (seen) => reporter.add(seen),
      }),
  );
  shutdown.add('watches', async () => {
    await Promise.all(watches.map((watch) => watch.end()));
  });

  const reader = new LookReader(looksRedis, log, (look) =>
    watches.find((watch) => watch.id === look.cluster)?.ask(look),
  );
  shutdown.add('look reader', () => reader.end());

  if (config.listen) {
    const door = await openDoor(source, config.listen);
    shutdown.add('door', () => void door.close());
  }
  watchSelf(config, { clock, shutdown, reporter });
  reader.start();
  for (const watch of watches) watch.start();
  log.info({ witness: source, clusters: config.clusters.map(({ id }) => id) }, 'watching');
}

function watchSelf(
  config: WitnessConfig,
  { clock, shutdown, reporter }: { clock: Clock; shutdown: Shutdown; reporter: Reporter },
): void {
  const clockWatch = new ClockWatch(clock);
  const lane = new Lane(async () => {
    const facts = await self.ask(config, clockWatch);
    for (const { id } of config.clusters)
      reporter.add({ by: config.id, cluster: id, probe: 'self', outcome: 'ok', facts });
  });
  const timer = setInterval(() => lane.poke(), config.intervalMs);
  shutdown.add('self', async () => {
    clearInterval(timer);
    clockWatch.stop();
    await lane.end();
  });
}
