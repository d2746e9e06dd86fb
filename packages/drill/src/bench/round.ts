// One failover by Petrov, from nothing to nothing: a rig of its own, the fault, the page, an operator who takes so long, the
// run to its end; then what the record, the store and the client's log say of it.
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { AuditPage, AuditVerification, ProposalView, RunView } from '@petrov/core/wire';
import { JournalEvent } from '@petrov/core/journal';
import { createLog } from '@petrov/runtime/log';
import { createPool } from '@petrov/runtime/postgres';
import { findLostIds, readWriterLog, type WriterLog } from '@petrov/sandbox';
import { z } from 'zod';
import { DrillError } from '../errors.ts';
import type { AppPaths } from '../rig/options.ts';
import { createRig, type Rig } from '../rig/rig.ts';
import { firstAckMs } from '../run/acks.ts';
import { type Played, playScript } from '../run/script.ts';
import type { Scenario } from '../scenario/index.ts';
import { WRITE_PAUSE_MS } from './bare.ts';
import type { RoundFacts } from './inside.ts';
import { type Load, startLoad } from './load.ts';
import { partsOf, type Parts } from './parts.ts';

export type RoundInput = {
  readonly root: string;
  readonly appPaths: AppPaths;
  readonly scenario: Scenario;
  readonly load: Load;
  /** From the page to the answer, ms. */
  readonly decideAfterMs?: number;
  readonly signal?: AbortSignal | undefined;
};

export type Round = {
  readonly approveToWritableMs: number;
  readonly faultToWritableMs: number;
  readonly parts: Parts;
  readonly facts: RoundFacts;
  readonly lost: number;
  readonly isSplitBrain: boolean;
};

/** What a silent primary under load is quoted with: above the default two people decide, and how fast isn't measured. */
const MAX_LOSS_BYTES = 1024 ** 3;
const AUDIT_PAGE = 200;
const StoredEvent = z.object({ event: JournalEvent });

export async function playRound(input: RoundInput): Promise<Round> {
  const root = resolve(input.root);
  const { scenario, signal } = input;
  const problems: string[] = [];
  const rig = await createRig({
    root,
    dataFolder: join(root, 'drills', randomBytes(4).toString('hex')),
    isTemporary: true,
    appPaths: input.appPaths,
    cluster: 'orders',
    environment: 'sandbox',
    writePauseMs: WRITE_PAUSE_MS,
    policy: { maxLossBytes: MAX_LOSS_BYTES },
    port: 0,
    onProblem: (says) => problems.push(says),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const running = await startLoad(rig.parts.site, rig.parts.cluster, input.load);
    const { decideAfterMs } = input;
    let played: Played | undefined;
    const script = { rig, scenario, operator: 'approve', say: () => undefined, decideAfterMs, signal } as const;
    await playScript(script, (now) => (played = now));
    await running.waitUntilBack();
    if (problems.length > 0) throw new DrillError('not-measured', problems.join('; '));
    if (played === undefined) throw new DrillError('not-measured', 'nothing was played');
    return await readRound(rig, played);
  } finally {
    await rig.stop();
  }
}

async function readRound(rig: Rig, played: Played): Promise<Round> {
  const { site, cluster, client, stores } = rig.parts;
  await client.child.stop();
  const log = await readWriterLog(client.logFile);
  const { asked, answered, fault } = played;
  if (asked === undefined || answered === undefined) throw new DrillError('not-measured', 'nobody was asked');
  const api = rig.client();
  const path = `/proposals/${encodeURIComponent(asked.proposal.id)}`;
  const [{ proposal }, runs, audit, verification] = await Promise.all([
    api.get(path, ProposalView),
    api.get('/runs', z.array(RunView)),
    api.get(`/audit?limit=${AUDIT_PAGE}`, AuditPage),
    api.get('/audit/verify', AuditVerification),
  ]);
  const run = runs.find((one) => one.proposal === proposal.id);
  if (run === undefined) throw new DrillError('not-measured', `no run of ${proposal.id} is known`);
  const stored = await readStoredJournal(stores.databaseUrl, run.id);
  const { candidate } = run.plan;
  const writableMs = firstAckMs(log.acks, candidate, fault.monotonicMs);
  if (writableMs === undefined)
    throw new DrillError('not-measured', `no commit on ${candidate}; ${proposal.id} is ${proposal.state}: ${run.says}`);
  return {
    approveToWritableMs: writableMs - answered.monotonicMs,
    faultToWritableMs: writableMs - fault.monotonicMs,
    parts: partsOf(stored, { plan: run.plan, approvedAtMs: answered.atMs, writableAtMs: wallClockOf(log, writableMs) }),
    facts: { proposal: proposal.id, plan: run.plan, stored, audit: audit.entries, verification },
    lost: (await findLostIds(site, log.acks, cluster)).length,
    isSplitBrain: log.splitBrains.length > 0,
  };
}

/** From Petrov's own store, not from what the controller remembers. */
async function readStoredJournal(url: string, run: string): Promise<readonly JournalEvent[]> {
  const pool = createPool({ url, applicationName: 'bench', log: createLog('bench', 'error'), max: 1 });
  try {
    const { rows } = await pool.query('SELECT event FROM journal WHERE run = $1 ORDER BY seq', [run]);
    return rows.map((row) => StoredEvent.parse(row).event);
  } finally {
    await pool.end();
  }
}

function wallClockOf({ acks }: WriterLog, atMonotonicMs: number): number {
  return acks.find((ack) => ack.monotonicMs === atMonotonicMs)?.atMs ?? 0;
}
