// The command line against a real controller, as a person at its host types it: what it prints and how it ends.
import { execFile } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCli } from '../../cli/src/cli.ts';
import { run } from '../../cli/src/run.ts';
import { startTestApi, type TestApi, tokenOf } from './api-harness.ts';
import { startPostgres, type TestPostgres } from './servers.ts';

const petrov = join(import.meta.dirname, '../../cli/bin/petrov');
let postgres: TestPostgres;
let made: TestApi;
beforeAll(async () => {
  postgres = await startPostgres();
  made = await startTestApi(postgres);
});
afterAll(async () => {
  await made?.stop();
  await postgres.stop();
});

type Ended = { readonly code: number; readonly out: string; readonly err: string };
function spawned(program: string, args: readonly string[], input?: string): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { timeout: 110_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err });
    });
    child.stdin?.end(input);
  });
}

/** The command in this process, with what it prints kept: a start of Node for each would take most of the time. */
async function cli(...args: string[]): Promise<Ended> {
  const kept = { out: '', err: '' };
  const settings = {
    root: made.folder,
    osUser: 'ada',
    out: { write: (text: string) => (kept.out += text) },
    err: { write: (text: string) => (kept.err += text) },
    input: Readable.from([]),
  };
  const code = await run(args, makeCli(settings));
  return { code, ...kept };
}

describe('petrov', () => {
  it('says at a glance what is and how to answer', async () => {
    const [text, shown, watched] = await Promise.all([
      cli('status'),
      cli('proposals', 'show', 'p-1'),
      cli('watch', '--times', '2', '--json'),
    ]);
    expect(text.code).toBe(0);
    expect(text.out).toContain('orders (sandbox): The watch has just begun.');
    expect(text.out).toContain('Decide: Promote orders-2 in orders (sandbox)? Proposal p-1, revision 1');
    expect(text.out).toContain('petrov hold p-1 --reason');
    expect(shown.out).toContain('promote at orders-2  <- no way back from here');
    const looks = watched.out.trim().split('\n');
    expect(looks).toHaveLength(2);
    expect(JSON.parse(looks[1] ?? '')).toMatchObject({ open: [{ id: 'p-1', cluster: 'orders', state: 'open' }] });
  });

  it('decides with the same checks, and says why not', async () => {
    const [stale, unknown, bare] = await Promise.all([
      cli('approve', 'p-1', '--reason', 'it is down', '--revision', '7'),
      cli('reject', 'p-9', '--reason', 'there is none'),
      cli('approve', 'p-1'),
    ]);
    expect([stale.code, unknown.code, bare.code]).toEqual([1, 1, 2]);
    expect(stale.err).toContain('You answered revision 7; it is revision 1 now.');
    expect(unknown.err).toContain('There is no proposal "p-9".');
    const held = await cli('hold', 'p-1', '--reason', 'looking again', '--for', '90s', '--json');
    expect(held.code).toBe(0);
    const { proposal } = JSON.parse(held.out) as { proposal: { heldUntilMs: number; decisions: { atMs: number }[] } };
    expect(proposal.heldUntilMs - (proposal.decisions.at(-1)?.atMs ?? 0)).toBe(90_000);
  });

  it('prints a link that signs in, and lists who may', async () => {
    const added = await cli('users', 'add', 'Ada', '--role', 'approver', '--totp');
    expect(added.out).toContain('otpauth://totp/');
    const [link, list, nobody] = await Promise.all([
      cli('sign-in-link', '--user', 'Ada', '--json'),
      cli('users'),
      cli('sign-in-link', '--user', 'Nobody'),
    ]);
    const body = { token: tokenOf(JSON.parse(link.out)) };
    expect((await made.ask('/api/v1/session/link', { method: 'POST', body })).status).toBe(200);
    expect(list.out).toContain('Ada   approver  link');
    expect(nobody.code).toBe(1);
  });

  it('verifies the record where it is, and an exported file that nobody changed', async () => {
    const file = join(made.folder, 'record.jsonl');
    const [own, exported] = await Promise.all([cli('audit', 'verify'), cli('audit', 'export', '--out', file)]);
    expect([own.code, exported.code]).toEqual([0, 0]);
    const changed = join(made.folder, 'changed.jsonl');
    copyFileSync(file, changed);
    writeFileSync(changed, readFileSync(changed, 'utf8').replace('Ada', 'Eve'));
    const [whole, broken, again] = await Promise.all([
      cli('audit', 'verify', file),
      cli('audit', 'verify', changed),
      cli('audit', 'export', '--out', file),
    ]);
    expect(whole).toMatchObject({ code: 0 });
    expect(whole.out).toContain('The chain is whole');
    expect(broken.code).toBe(1);
    expect(broken.out).toContain('was changed after it was written');
    expect(again).toMatchObject({ code: 1 });
  });

  it('prepares a cluster with SQL that can run twice', async () => {
    const config = join(made.folder, 'petrov.json');
    const member = (id: string, role: string) => ({
      id,
      role,
      zone: 'a',
      replicationHost: id,
      agent: { publicKey: 'k'.repeat(60) },
      endpoint: { host: postgres.folder, user: 'petrov_controller' },
    });
    const witnesses = ['w-a', 'w-b'].map((id) => ({ id, zone: id, publicKey: 'k'.repeat(60) }));
    const clusters = [{ id: 'orders', members: [member('orders-1', 'primary'), member('orders-2', 'standby')] }];
    writeFileSync(config, JSON.stringify({ version: 1, engineKey: 'env:KEY', witnesses, clusters }));
    const [printed, unknown] = await Promise.all([
      cli('prepare', 'orders', '--config', config),
      cli('prepare', 'payments', '--config', config),
    ]);
    expect(unknown.code).toBe(2);
    expect(printed.code).toBe(0);
    const psql = (database: string, sql: string) =>
      spawned('psql', ['-X', '-At', '-h', postgres.folder, '-U', 'postgres', '-d', database], sql);
    for (const time of ['first', 'second'])
      expect((await psql('postgres', printed.out)).err, time).not.toContain('ERROR');
    const roles =
      "select rolname, rolconnlimit, pg_has_role(rolname, 'pg_monitor', 'member') from pg_roles where rolname like 'petrov%' order by 1";
    expect((await psql('petrov', roles)).out).toBe(
      'petrov_agent|8|t\npetrov_controller|4|t\npetrov_w_a|3|t\npetrov_w_b|3|t\n',
    );
    const beat = "set role petrov_w_a; insert into heartbeat (witness, beat) values ('w-a', 1) returning beat";
    expect((await psql('petrov', beat)).out).toContain('1');
  });

  it('ends with 1 when it failed and with 2 when it was asked wrongly', async () => {
    const [status, unknown] = await Promise.all([
      spawned(petrov, ['--socket', join(made.folder, 'admin.sock'), 'clusters', '--json']),
      spawned(petrov, ['statsu']),
    ]);
    expect(status).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(status.out)).toMatchObject({ id: 'orders' });
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toContain('Did you mean status?');
    const [gone, both] = [
      await cli('--url', 'http://localhost:1', 'status'),
      await cli('--url', 'x', '--socket', 'y', 'runs'),
    ];
    expect(gone).toMatchObject({ code: 1 });
    expect(gone.err).toContain("can't be reached (ECONNREFUSED)");
    expect(both).toMatchObject({ code: 2, err: 'petrov: Give --url or --socket, not both.\n' });
  });
});
