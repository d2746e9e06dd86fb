// Builds the controller of its configuration and connects its parts; each adds how it's ended.
import { resolvePolicy } from '@petrov/core/cluster';
import { type EngineConfig, type EngineState, initialState, step } from '@petrov/core/engine';
import type { AuditEntryView, ControllerConfig } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import { createPool } from '@petrov/runtime/postgres';
import { newId } from '@petrov/runtime/random';
import { createRedis } from '@petrov/runtime/redis';
import { resolveSecret } from '@petrov/runtime/secrets';
import type { Shutdown } from '@petrov/runtime/shutdown';
import { createSigner, sha256Hex } from '@petrov/runtime/signing';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { type AuditReader, type RunningApi, startApi } from './api/index.ts';
import { createHeadMemory } from './audit/head-memory.ts';
import { type AuditKit, createAuditKit } from './audit/kit.ts';
import { createAuditReader } from './audit/reader.ts';
import { createReach, type Reach, readMember } from './drivers/facts.ts';
import { readForRequest } from './drivers/read-for-request.ts';
import { createAct } from './effects/act.ts';
import { findEarlierReply } from './effects/earlier-reply.ts';
import { startStoreWatch } from './effects/watch-store.ts';
import { createFences } from './fences/index.ts';
import type { FindFence } from './fences/fence.ts';
import { AgentDesk } from './intake/agent-desk.ts';
import { createAskLook } from './intake/ask-looks.ts';
import { Hearing } from './intake/hearing.ts';
import { startIntake } from './intake/index.ts';
import { createCommitter } from './loop/committer.ts';
import { type CrashPlaces, createCrashPoints } from './loop/crash-points.ts';
import { EngineLoop } from './loop/engine-loop.ts';
import { createEvents, type EventSender } from './loop/events.ts';
import { toError } from './loop/store-watch.ts';
import { createPagers, pagersOf, toPagerMessage } from './pagers/index.ts';
import { startDeliveries } from './queue/index.ts';
import { createReadiness } from './readiness/index.ts';
import { openStore } from './store/open-store.ts';
import { createRecordReader } from './store/records.ts';
import type { Restored } from './store/restore.ts';
import { createOutboxReader } from './store/statements/outbox.ts';

export type StartOptions = {
  readonly config: ControllerConfig;
  readonly storeUrl: string;
  readonly redisUrl: string;
  readonly version: string;
  readonly adminSocket: string;
  readonly recordFile?: string | undefined;
  readonly consoleFolder: string;
  /** For drills; counts in a sandbox only. */
  readonly crash?: CrashPlaces | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly shutdown: Shutdown;
  /** Something makes going on wrong: say it and end. */
  readonly end: (error: Error) => void;
};

type Base = StartOptions & {
  readonly bootId: string;
  readonly pool: Pool;
  readonly kit: AuditKit;
  readonly reach: Reach;
  readonly findFence: FindFence;
  readonly events: EventSender;
  readonly onAppended: (entry: AuditEntryView) => void;
  readonly audit: AuditReader;
  readonly restored: Restored;
  readonly desk: AgentDesk;
  readonly hearing: Hearing;
};

export async function startController(options: StartOptions): Promise<RunningApi> {
  const base = await openBase(options);
  const { config, shutdown, audit, clock, redisUrl, log } = base;
  const redis = createRedis({ url: redisUrl, name: 'petrov', log });
  shutdown.add('redis', () => redis.disconnect());
  const loop = await startLoop(base, createAskLook(redis, log));
  await startIntake({ ...base, observe: (observations) => loop.observe(observations) });
  const says = (what: string, code: string) =>
    audit.append({
      atMs: clock.nowMs(),
      code,
      says: `The controller ${config.name} ${what}.`,
      actor: { kind: 'service', id: config.name, name: config.name },
      payload: { boot: base.bootId, version: base.version },
    });
  await says('started', 'P6001');
  const records = createRecordReader(base.pool);
  const api = await startApi({
    ...base,
    getState: () => loop.getState(),
    submitDecision: (decision) => loop.submitDecision(decision),
    submitRequest: async (request) => {
      const primary = loop.getState().clusters.get(request.cluster)?.record.primary;
      return await loop.submitRequest(await readForRequest(base.reach, request, primary));
    },
    outbox: createOutboxReader(base.pool),
    records,
    readiness: createReadiness({ reach: base.reach, clock, records, witnesses: config.witnesses.length }),
    redisStatus: () => redis.status,
  });
  shutdown.add('stop entry', () => says('stopped', 'P6002'));
  shutdown.add('api', () => api.stop());
  return api;
}

async function openBase(options: StartOptions): Promise<Base> {
  const { config, clock, log, shutdown } = options;
  const bootId = newId('boot', clock.nowMs());
  const signer = createSigner(resolveSecret(config.engineKey).reveal());
  const kit = createAuditKit(config.name, signer);
  const reach = createReach(config.clusters, resolveSecret);
  shutdown.add('sessions', () => reach.close());
  const findFence = createFences(config.clusters, resolveSecret);
  const events = createEvents(log);
  const pool = createPool({ url: options.storeUrl, applicationName: config.name, log, queryTimeoutMs: 5_000 });
  shutdown.add('store', () => pool.end());
  const { restored, migrated } = await openStore({
    pool,
    bootId,
    askMembers: () => askSystemIdentifiers(config, reach),
    onGuarded: options.end,
  });
  if (migrated.length > 0) log.info({ migrated }, 'the store was brought up to date');
  const onAppended = (entry: AuditEntryView) => events.send({ type: 'audit', entry });
  const head = createHeadMemory();
  events.subscribe((event) => {
    if (event.type === 'audit') head.note(event.entry);
  });
  const audit = createAuditReader({ pool, kit, nowMs: () => clock.nowMs(), onAppended, head });
  const desk = new AgentDesk(signer, clock);
  const hearing = new Hearing(() => clock.nowMs());
  return { ...options, bootId, pool, kit, reach, findFence, events, onAppended, audit, restored, desk, hearing };
}

async function startLoop(base: Base, askLook: ReturnType<typeof createAskLook>) {
  const { config, clock, log, pool, kit, shutdown, events, restored, hearing } = base;
  const crash = createCrashPoints(base.crash ?? {}, config.sandboxSocket !== undefined);
  const pagers = createPagers(config, { clock, readSecret: resolveSecret });
  const watch = startStoreWatch({ ...base, name: config.name, pagers, append: base.audit.append });
  const deliveries = await startDeliveries({
    ...base,
    pagers,
    toMessage: (message) => toPagerMessage(message, config),
  });
  const onActing = (step: string) => crash.act('during', step);
  const loop = new EngineLoop({
    step: (state, input) => step(state, hearing.tell(input)),
    initial: initialState(engineConfig(config), restored),
    commit: createCommitter({ ...base, pool, kit, pagersOf: pagersOf(config), crash, signal: shutdown.signal }),
    act: createAct({ ...base, askLook, onActing }, crash),
    findReply: (decision) => findEarlierReply(pool, decision),
    onCommitted: (told) => {
      if (told.pages > 0) deliveries.wake();
      for (const event of told.events) {
        if (event.type === 'proposal' && !isRunning(loop.getState(), event.proposal))
          base.desk.withdraw(event.proposal);
        events.send(event);
      }
    },
    onStore: (error) => watch.note(error === undefined ? undefined : toError(error)),
    clock,
    log,
  });
  shutdown.add('engine', () => loop.stop());
  loop.start();
  return loop;
}

function isRunning({ clusters }: EngineState, proposal: string): boolean {
  return [...clusters.values()].some((cluster) => cluster.run?.proposal === proposal);
}

function engineConfig(config: ControllerConfig): EngineConfig {
  return {
    witnesses: config.witnesses.map(({ id, zone }) => ({ id, zone })),
    clusters: config.clusters.map((cluster) => ({
      ...cluster,
      members: cluster.members.map((member) => ({ ...member, hasAgent: member.agent !== undefined })),
      policy: resolvePolicy(cluster.policy),
    })),
    hash: sha256Hex,
  };
}

function askSystemIdentifiers(config: ControllerConfig, reach: Reach) {
  return Promise.all(
    config.clusters.flatMap(({ id, members }) =>
      members.map(async (member) => {
        const read = await readMember(reach, id, member.id);
        return { cluster: id, systemIdentifier: read.ok ? read.facts.systemIdentifier : undefined };
      }),
    ),
  );
}
