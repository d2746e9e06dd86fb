// The one transaction of one step: decision, store, record, pages; all of it or nothing. When the connection breaks at
// COMMIT nobody knows: then the owner's count of commits is read until it tells.
import { setTimeout as delay } from 'node:timers/promises';
import type { DecisionInput, Effect } from '@petrov/core/engine';
import type { AuditEntryView } from '@petrov/core/wire';
import type { Pool, PoolClient } from 'pg';
import { appendAudit } from '../audit/append.ts';
import type { AuditKit } from '../audit/kit.ts';
import { insertDecision, type StoredReply } from '../store/statements/decisions.ts';
import { countCommit, readCommits, StoreLost } from '../store/statements/engine-owner.ts';
import { insertPages } from '../store/statements/outbox.ts';
import { storeEffect } from '../store/statements/store-effect.ts';
import type { CrashPoints } from './crash-points.ts';

export type Commit = {
  readonly effects: readonly Effect[];
  readonly decision?: { readonly input: DecisionInput; readonly reply: StoredReply } | undefined;
  readonly nowMs: number;
};
export type Committed =
  | { readonly ok: true; readonly audit: readonly AuditEntryView[]; readonly pages: number }
  /** The decision's id was used before: nothing was written. */
  | { readonly ok: false };

export type Committer = (commit: Commit) => Promise<Committed>;

type Deps = {
  readonly pool: Pool;
  readonly bootId: string;
  readonly kit: AuditKit;
  readonly pagersOf: (cluster: string) => readonly string[];
  readonly crash: CrashPoints;
  readonly signal: AbortSignal;
};

export function createCommitter(deps: Deps): Committer {
  return async (commit) => {
    if (!isWorthATransaction(commit)) return { ok: true, audit: [], pages: 0 };
    deps.crash.journal('before', commit.effects);
    const client = await deps.pool.connect();
    let isLent = true;
    const giveBack = (isBroken: boolean) => {
      if (isLent) client.release(isBroken);
      isLent = false;
    };
    try {
      await client.query(BEGIN);
      const { committed, count } = await write(client, commit, deps);
      if (!committed.ok) await client.query('ROLLBACK');
      else await commitOrFindOut(client, { count, deps, giveBack });
      giveBack(false);
      if (committed.ok) deps.crash.journal('after', commit.effects);
      return committed;
    } finally {
      // A connection with an open transaction isn't put back: its end rolls it back.
      giveBack(true);
    }
  };
}

/** A transaction whose controller vanished must not hold the owner's row for long. */
const BEGIN = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '10s'";

export function isWorthATransaction(commit: Commit): boolean {
  return commit.decision !== undefined || commit.effects.some(({ type }) => isDurable(type));
}
function isDurable(type: Effect['type']): boolean {
  return type === 'store' || type === 'audit' || type === 'page';
}

async function write(client: PoolClient, commit: Commit, deps: Deps): Promise<{ committed: Committed; count: number }> {
  const count = await countCommit(client, deps.bootId);
  if (commit.decision) {
    const { input, reply } = commit.decision;
    if (!(await insertDecision(client, input, reply, commit.nowMs))) return { committed: { ok: false }, count };
  }
  for (const effect of commit.effects) if (effect.type === 'store') await storeEffect(client, effect);
  const drafts = commit.effects.flatMap((effect) => (effect.type === 'audit' ? [effect.entry] : []));
  const audit = await appendAudit(client, drafts, deps.kit, commit.nowMs);
  const pages = commit.effects.flatMap((effect) => (effect.type === 'page' ? [effect.page] : []));
  await insertPages(client, pages, { pagersOf: deps.pagersOf, nowMs: commit.nowMs });
  return { committed: { ok: true, audit, pages: pages.length }, count };
}

type Committing = { readonly count: number; readonly deps: Deps; readonly giveBack: (isBroken: boolean) => void };

/** Throws when the transaction didn't commit. */
async function commitOrFindOut(client: PoolClient, { count, deps, giveBack }: Committing): Promise<void> {
  try {
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back by the store');
  } catch (error) {
    giveBack(true); // ends it, if it's still open: the question below waits for that
    if (!(await didCommit(count, deps))) throw error;
  }
}

/** Asks until the store answers: going on without knowing could act twice or forget an act. */
async function didCommit(count: number, deps: Deps): Promise<boolean> {
  for (;;) {
    try {
      return (await readCommits(deps.pool, deps.bootId)) >= count;
    } catch (error) {
      if (error instanceof StoreLost) throw error;
      await delay(200, undefined, { signal: deps.signal });
    }
  }
}
