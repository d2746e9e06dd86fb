// Starts to listen: to the witnesses' and canaries' streams in Redis, and to the agents on their socket.
import type { Observation } from '@petrov/core/observation';
import type { ControllerConfig } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import { createRedis } from '@petrov/runtime/redis';
import type { Shutdown } from '@petrov/runtime/shutdown';
import type { Logger } from 'pino';
import type { AgentDesk } from './agent-desk.ts';
import { startAgentServer } from './agent-server.ts';
import { createIntake } from './gather.ts';
import type { Hearing } from './hearing.ts';
import { listSources } from './sources.ts';
import { readStreams } from './streams.ts';
import { createBatchTaker } from './take-batch.ts';

type Deps = {
  readonly config: ControllerConfig;
  readonly redisUrl: string;
  readonly desk: AgentDesk;
  readonly observe: (observations: readonly Observation[]) => void;
  readonly hearing: Hearing;
  readonly clock: Clock;
  readonly log: Logger;
  readonly shutdown: Shutdown;
};

export async function startIntake(deps: Deps): Promise<void> {
  const { config, log, shutdown } = deps;
  const sources = listSources(config);
  const members = new Map(config.clusters.map(({ id, members }) => [id, new Set(members.map((member) => member.id))]));
  const intake = createIntake({ ...deps, takeBatch: createBatchTaker(members) });
  shutdown.add('intake', () => intake.stop());

  const redis = createRedis({
    url: deps.redisUrl,
    name: 'petrov-intake',
    log,
    commandTimeoutMs: 4_000,
    offlineQueue: true,
  });
  const reading = readStreams({ ...deps, redis, sources, take: intake.take, signal: shutdown.signal });
  shutdown.add('streams', () => {
    redis.disconnect();
    return reading;
  });

  if (config.agentSocket === undefined) return;
  const stop = await startAgentServer({ path: config.agentSocket, desk: deps.desk, sources, take: intake.take, log });
  shutdown.add('agents', stop);
}
