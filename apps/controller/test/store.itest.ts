// The store and the record on a real Postgres: migrations, keys that refuse a second time, what comes back after a restart,
// and whatever a superuser does to the record afterwards.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkLine, EMPTY_FILE, endFile } from '@petrov/core/audit';
import type { DecisionRecord } from '@petrov/core/approval';
import { Proposal } from '@petrov/core/proposal';
import { createSigner, generateKeyPair, sha256Hex, verifySignature } from '@petrov/runtime/signing';
import { transaction } from '@petrov/runtime/postgres';
import type { Pool } from 'pg';
import { appendAudit } from '../src/audit/append.ts';
import { createAuditKit } from '../src/audit/kit.ts';
import { createHeadMemory } from '../src/audit/head-memory.ts';
import { createAuditReader } from '../src/audit/reader.ts';
import { migrate } from '../src/store/migrations.ts';
import { readSystemIdentifier, refuseGuardedStore } from '../src/store/own-store.ts';
import { createRecordReader } from '../src/store/records.ts';
import { restore } from '../src/store/restore.ts';
import { storeEffect, type StoreEffect } from '../src/store/statements/store-effect.ts';
import { makeDraft, makeProposal, makeRun } from './made.ts';
import { startPostgres, type TestPostgres } from './servers.ts';

const kit = createAuditKit('petrov', createSigner(generateKeyPair().privateKeyPem));
let postgres: TestPostgres;
let damaged: Pool;
beforeAll(async () => {
  postgres = await startPostgres();
  damaged = await freshStore();
});
afterAll(() => postgres.stop());

async function freshStore(): Promise<Pool> {
  const { pool } = await postgres.createDatabase();
  await migrate(pool);
  return pool;
}
const store = (pool: Pool, ...effects: StoreEffect[]) =>
  transaction(pool, async (client) => {
    for (const effect of effects) await storeEffect(client, effect);
  });
/** With triggers off, as somebody who owns the database could. */
const asSuperuser = (pool: Pool, statement: string) =>
  transaction(pool, async (client) => {
    await client.query("SET LOCAL session_replication_role = 'replica'");
    await client.query(statement);
  });
const append = (pool: Pool, count: number) =>
  transaction(pool, (client) =>
    appendAudit(
      client,
      Array.from({ length: count }, (_, n) => makeDraft(n)),
      kit,
      1,
    ),
  );
const reader = (pool: Pool, head = createHeadMemory()) =>
  createAuditReader({ pool, kit, nowMs: () => 1, onAppended: head.note, head });

describe('migrations', () => {
  it('run once, also when two controllers start together', async () => {
    const { pool } = await postgres.createDatabase();
    const both = await Promise.all([migrate(pool), migrate(pool)]);
    expect(both.flat().sort()).toEqual(['0001-beginning', '0002-people']);
    expect(await migrate(pool)).toEqual([]);
  });

  it('refuse a store that is newer, and one whose migration was changed', async () => {
    const pool = await freshStore();
    await pool.query("INSERT INTO migrations (name, sha256) VALUES ('9999-future', 'x')");
    await expect(migrate(pool)).rejects.toThrow('This store is newer than this program');
    await pool.query("DELETE FROM migrations WHERE name = '9999-future'");
    await pool.query("UPDATE migrations SET sha256 = 'x' WHERE name = '0001-beginning'");
    await expect(migrate(pool)).rejects.toThrow('0001-beginning was changed');
  });
});

describe('the store', () => {
  it('gives back the first of two approvals: a restart between them loses neither', async () => {
    const pool = await freshStore();
    const { state, ...waits } = makeProposal('p-1', { state: 'open' });
    const { approval } = makeProposal('p-0', { state: 'executing', run: 'p-0-r1' }) as { approval?: DecisionRecord };
    const proposal = Proposal.parse({ ...waits, state, firstApproval: approval });
    await store(pool, { type: 'store', what: 'proposal', proposal });
    const [restored] = (await restore(pool)).proposals;
    expect(restored).toEqual(proposal);
    expect(restored?.firstApproval).toMatchObject({ kind: 'approve', actor: { id: expect.any(String) } });
  });

  it('gives back what was stored', async () => {
    const pool = await freshStore();
    const proposal = makeProposal('p-1', { state: 'executing', run: 'p-1-r1' });
    const ended = makeProposal('p-0', { state: 'withdrawn' });
    const run = makeRun('p-1-r1', proposal);
    const event = { type: 'started', step: 'look', attempt: 1, atMs: 5 } as const;
    await store(
      pool,
      {
        type: 'store',
        what: 'cluster',
        record: { cluster: 'orders', epoch: 2, primary: 'orders-1', proposalsOpened: 1 },
      },
      { type: 'store', what: 'proposal', proposal: ended },
      { type: 'store', what: 'proposal', proposal },
      { type: 'store', what: 'run', run },
      { type: 'store', what: 'journal', run: run.id, seq: 1, event },
    );
    const restored = await restore(pool);
    expect(restored.clusters).toEqual([{ cluster: 'orders', epoch: 2, primary: 'orders-1', proposalsOpened: 1 }]);
    expect(restored.proposals).toEqual([proposal]);
    expect(restored.runs).toEqual([{ ...run, journal: [event] }]);
    const records = createRecordReader(pool);
    expect((await records.proposals(10)).map(({ id }) => id).sort()).toEqual(['p-0', 'p-1']);
    expect(await records.run('p-1-r1')).toEqual({ run: { ...run, journal: [event] }, proposal });
    expect(await records.revisions('p-1')).toEqual([{ number: 1, atMs: 1, changes: [] }]);
  });

  it('refuses a second run of one epoch and a second event at one place (I8)', async () => {
    const pool = await freshStore();
    const proposal = makeProposal('p-1', { state: 'executing', run: 'r-1' });
    const run = makeRun('r-1', proposal);
    await store(pool, { type: 'store', what: 'proposal', proposal }, { type: 'store', what: 'run', run });
    await expect(store(pool, { type: 'store', what: 'run', run: { ...run, id: 'r-2' } })).rejects.toThrow(
      'runs_cluster_epoch_key',
    );
    const event = { type: 'started', step: 'look', attempt: 1, atMs: 5 } as const;
    await store(pool, { type: 'store', what: 'journal', run: 'r-1', seq: 1, event });
    await expect(store(pool, { type: 'store', what: 'journal', run: 'r-1', seq: 1, event })).rejects.toThrow(
      'journal_pkey',
    );
  });

  it('stops at a row that was changed by hand, and at a gap in a journal', async () => {
    const pool = await freshStore();
    const proposal = makeProposal('p-1', { state: 'executing', run: 'r-1' });
    const event = { type: 'started', step: 'look', attempt: 1, atMs: 5 } as const;
    await store(
      pool,
      { type: 'store', what: 'proposal', proposal },
      { type: 'store', what: 'run', run: makeRun('r-1', proposal) },
      { type: 'store', what: 'journal', run: 'r-1', seq: 1, event },
      { type: 'store', what: 'journal', run: 'r-1', seq: 3, event },
    );
    await expect(restore(pool)).rejects.toThrow('journal, run r-1: event 2 is missing');
    await pool.query("UPDATE proposals SET record = record - 'approval'");
    await expect(restore(pool)).rejects.toThrow('proposals, row p-1');
  });

  it('may not be a guarded server', async () => {
    const own = await readSystemIdentifier(await freshStore());
    expect(own).toMatch(/^\d{19}$/);
    expect(() => refuseGuardedStore(own, [{ cluster: 'orders', systemIdentifier: own }])).toThrow(
      'a Postgres of its own',
    );
    expect(() =>
      refuseGuardedStore(own, [{ cluster: 'orders', systemIdentifier: '1' }, { cluster: 'x' }]),
    ).not.toThrow();
  });
});

describe('the record', () => {
  it('whose end was cut off with its checkpoints is whole to a stranger, not to the controller that wrote it', async () => {
    const pool = await freshStore();
    const record = reader(pool);
    for (const n of [0, 1, 2, 3]) await record.append(makeDraft(n));
    await asSuperuser(pool, 'DELETE FROM audit_entries WHERE seq > 2');
    await asSuperuser(pool, 'DELETE FROM audit_checkpoints WHERE seq > 2');
    expect((await reader(pool).verify()).ok).toBe(true);
    expect(await record.verify()).toMatchObject({ ok: false, firstBad: { seq: 3, check: 'tail-cut' } });
  });

  it('is whole after groups from several writers, and pages from the newest', async () => {
    const pool = await freshStore();
    await Promise.all(Array.from({ length: 8 }, (_, n) => append(pool, n + 1)));
    expect(await reader(pool).verify()).toMatchObject({ ok: true, entries: 36 });
    const page = await reader(pool).page({ limit: 10 });
    expect(page).toMatchObject({ total: 36, nextBefore: 27 });
    expect(page.entries.map(({ seq }) => seq)).toEqual([36, 35, 34, 33, 32, 31, 30, 29, 28, 27]);
  });

  it('verifies more than one portion', async () => {
    const pool = await freshStore();
    await append(pool, 1_200);
    await append(pool, 3);
    expect((await reader(pool).verify()).says).toBe('The chain is whole: 1203 entries, 2 signed checkpoints fit.');
  });

  it('takes inserts only', async () => {
    const pool = await freshStore();
    await append(pool, 2);
    for (const statement of [
      "UPDATE audit_entries SET says = 'x'",
      'DELETE FROM audit_entries',
      'TRUNCATE audit_entries',
      'DELETE FROM audit_checkpoints',
    ]) {
      await expect(pool.query(statement)).rejects.toThrow('the record takes new entries only');
    }
  });

  const damages: readonly [string, string, number, string][] = [
    ['a changed sentence', "UPDATE audit_entries SET says = 'nothing' WHERE seq = 3", 3, 'content-hash'],
    ['a changed time', 'UPDATE audit_entries SET at_ms = at_ms + 1 WHERE seq = 2', 2, 'content-hash'],
    ['a changed payload', `UPDATE audit_entries SET payload = '{"n": 99}' WHERE seq = 4`, 4, 'content-hash'],
    ['a changed hash', `UPDATE audit_entries SET hash = repeat('a', 64) WHERE seq = 4`, 4, 'content-hash'],
    ['a broken actor', `UPDATE audit_entries SET actor = '{}' WHERE seq = 1`, 1, 'form'],
    ['a removed entry', 'DELETE FROM audit_entries WHERE seq = 3', 3, 'sequence'],
    ['a moved entry', 'UPDATE audit_entries SET seq = 77 WHERE seq = 5', 5, 'sequence'],
    ['a removed beginning', 'DELETE FROM audit_entries WHERE seq < 3', 1, 'sequence'],
    ['a cut tail', 'DELETE FROM audit_entries WHERE seq > 4', 5, 'tail-cut'],
    ['an emptied record', 'DELETE FROM audit_entries', 1, 'tail-cut'],
    ['a cut tail with its checkpoint', 'DELETE FROM audit_checkpoints WHERE seq > 3', 4, 'tail-unsigned'],
    [
      'a changed checkpoint',
      `UPDATE audit_checkpoints SET checkpoint = jsonb_set(checkpoint, '{atMs}', '9')`,
      3,
      'checkpoint-signature',
    ],
  ];
  it.each(damages)(
    'names the first bad entry after %s by a superuser with triggers off',
    async (_name, statement, seq, check) => {
      const pool = damaged;
      await asSuperuser(pool, 'TRUNCATE audit_entries, audit_checkpoints');
      await append(pool, 3);
      await append(pool, 2);
      await asSuperuser(pool, statement);
      const answer = await reader(pool).verify();
      expect(answer).toMatchObject({ ok: false, firstBad: { seq, check } });
      expect(answer.firstBad?.says).toMatch(/\.$/);
      await expect(reader(pool).page({ limit: 5 })).resolves.toBeDefined();
    },
  );

  it('exports a file that verifies without the database, and one of a damaged record that does not', async () => {
    const pool = await freshStore();
    await append(pool, 5);
    const verifyFile = async () => {
      let file = EMPTY_FILE;
      for await (const line of reader(pool).exportLines())
        file = checkLine(file, line, { hash: sha256Hex, verifyWith: verifySignature, publicKey: kit.publicKey });
      return endFile(file);
    };
    expect(await verifyFile()).toMatchObject({ ok: true, entries: 5 });
    await asSuperuser(pool, "UPDATE audit_entries SET says = 'nothing' WHERE seq = 2");
    expect(await verifyFile()).toMatchObject({ ok: false, firstBad: { seq: 2, check: 'content-hash' } });
  });
});
