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

/** The statements go out together, answered in their order: each but the first costs no way there and back of its own. */
async function write(client: PoolClient, commit: Commit, deps: Deps): Promise<{ committed: Committed; count: number }> {
  const { decision, effects, nowMs } = commit;
  const drafts = effects.flatMap((effect) => (effect.type === 'audit' ? [effect.entry] : []));
  const pages = effects.flatMap((effect) => (effect.type === 'page' ? [effect.page] : []));
  const begun = client.query(BEGIN);
  const counted = countCommit(client, deps.bootId);
  const decided = decision ? insertDecision(client, decision.input, decision.reply, nowMs) : undefined;
  const stored = effects.map((effect) => (effect.type === 'store' ? storeEffect(client, effect) : undefined));
  const appended = appendAudit(client, drafts, deps.kit, nowMs);
  const paged = insertPages(client, pages, { pagersOf: deps.pagersOf, nowMs });
  // Nothing of it may be on its way any more when the transaction ends, however it ends; the first error is the cause.
  await Promise.allSettled([begun, counted, decided, ...stored, appended, paged]);
  const count = await counted;
  if ((await decided) === false) return { committed: { ok: false }, count };
  await Promise.all([begun, ...stored]);
  const [audit] = await Promise.all([appended, paged]);
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
