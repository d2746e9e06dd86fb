// A whole Petrov on a set of its own, and a script that approves: for tests of what runs after an approval.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ProposalView, RunView } from '@petrov/core/wire';
import { type AppPaths, answer, createRig, DrillError, type Rig, type RigOptions, waitUntil } from '@petrov/drill';
import { z } from 'zod';
import { runSql } from '../../packages/drill/src/rig/psql.ts';

const root = join(import.meta.dirname, '../..');
const mainOf = (app: string): string => join(root, 'apps', app, 'src', 'main.ts');
const appPaths: AppPaths = { controller: mainOf('controller'), witness: mainOf('witness'), agent: mainOf('agent') };
export const SCRIPT = 'act';

export async function findOpen(rig: Rig, kind: string): Promise<string> {
  const isAsked = async () =>
    (await rig.client().get('/proposals', z.array(ProposalView))).find(
      ({ proposal }) => proposal.state === 'open' && proposal.revision.plan.kind === kind,
    )?.proposal.id;
  return await waitUntil(isAsked, { what: `a proposal of a ${kind}`, timeoutMs: 60_000, everyMs: 100 });
}

/** Approves it and waits for its end. */
export async function approve(rig: Rig, proposal: string): Promise<RunView> {
  await answer(rig, { scenario: SCRIPT, proposal, kind: 'approve' });
  const isOver = async () => {
    const runs = await rig.client().get('/runs', z.array(RunView));
    const run = runs.find((one) => one.proposal === proposal);
    if (run === undefined || ['running', 'promoted'].includes(run.state)) return undefined;
    if (run.state !== 'succeeded')
      throw new DrillError('gave-up', JSON.stringify([run.says, run.steps.map((s) => [s.step.id, s.state, s.says])]));
    return run;
  };
  return await waitUntil(isOver, { what: `the end of ${proposal}`, timeoutMs: 120_000, everyMs: 100 });
}

export async function isFollowing(rig: Rig, id: string, upstream: string): Promise<void> {
  await waitUntil(
    async () => (await rig.view()).members.some((m) => m.id === id && m.condition === `streaming from ${upstream}`),
    { what: `${id} to be seen following ${upstream}`, timeoutMs: 30_000, everyMs: 200 },
  );
}

/** One value of a member's own Postgres, as its superuser. */
export function askMember({ parts }: Rig, member: string, sql: string): string {
  const [psql = '', ...args] = parts.site.psqlArgv(member);
  return execFileSync(psql, [...args, '-XAtc', sql], { encoding: 'utf8' }).trim();
}

/** Its slots, each with whether somebody uses it. */
export function slotsOf(rig: Rig, member: string): string[] {
  const sql = `SELECT slot_name || CASE WHEN active THEN ' used' ELSE ' idle' END FROM pg_replication_slots ORDER BY 1`;
  return askMember(rig, member, sql).split('\n').filter(Boolean);
}

export async function openRig(name: string, more: Partial<RigOptions> = {}): Promise<Rig> {
  return await createRig({
    root: join(root, 'var', 'test'),
    dataFolder: join(root, 'var', 'test', name),
    isTemporary: true,
    appPaths,
    cluster: 'orders',
    environment: 'sandbox',
    preset: 'fast',
    writePauseMs: 5,
    port: 0,
    ...more,
  });
}

/** A base backup from this member that takes minutes, if nobody ends it. */
export async function takeBackup(rig: Rig, member: string): Promise<{ readonly end: () => Promise<void> }> {
  const { site } = rig.parts;
  const [command = '', ...args] = site.psqlArgv(member);
  const backup = "BASE_BACKUP (CHECKPOINT 'fast', MAX_RATE 32)";
  const session = spawn(command, [...args, '-X', '-d', 'dbname=postgres replication=true', '-c', backup], {
    stdio: 'ignore',
  });
  const ended = once(session, 'exit');
  const count = 'SELECT count(*) FROM pg_stat_progress_basebackup';
  const counts = (what: string) => async (): Promise<boolean> => (await runSql(site, member, count, {})) === what;
  await waitUntil(counts('1'), { what: `a backup of ${member} to run`, timeoutMs: 20_000 });
  return {
    end: async () => {
      session.kill();
      await ended;
      await waitUntil(counts('0'), { what: `the backup of ${member} to be over`, timeoutMs: 20_000 });
    },
  };
}
