// For the tests of routing: a whole Petrov whose primary is made to fail over, and a client's view of what is in front of it.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type AppPaths, answer, createRig, type Rig, type RigOptions } from '@petrov/drill';
import { readWriterLog, type Site } from '@petrov/sandbox';
import { expect } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const mainOf = (app: string): string => join(root, 'apps', app, 'src', 'main.ts');
const appPaths: AppPaths = { controller: mainOf('controller'), witness: mainOf('witness'), agent: mainOf('agent') };

/** A machine that is busy with other things is slow, not wrong. */
export const PATIENTLY = { timeout: 60_000, interval: 100 };

/** `problems` gets what has ended by itself. */
export async function startRig(problems: string[], routing: NonNullable<RigOptions['routing']>): Promise<Rig> {
  const under = join(root, 'var', 'test');
  return await createRig({
    root: under,
    dataFolder: join(under, 'drills', randomBytes(4).toString('hex')),
    isTemporary: true,
    appPaths,
    cluster: 'orders',
    environment: 'sandbox',
    preset: 'fast',
    writePauseMs: 10,
    port: 0,
    routing,
    onProblem: (says) => problems.push(says),
  });
}

const Paged = z.object({ data: z.object({ proposal: z.string() }) });

/** Breaks the primary, approves what Petrov proposes, resolves with who is primary then. */
export async function failOver(rig: Rig, fault: 'kill' | 'freeze' | 'host-off'): Promise<string> {
  const { site, inbox } = rig.parts;
  const before = await primaryOf(site);
  const seen = inbox.messages.length;
  await site.fault(fault, { member: before });
  const paged = (): string | undefined =>
    inbox.messages
      .slice(seen)
      .map(({ body }) => Paged.safeParse(body).data?.data.proposal)
      .find((proposal) => proposal !== undefined);
  await expect.poll(paged, PATIENTLY).toBeDefined();
  await answer(rig, { scenario: 'primary-killed', proposal: paged() ?? '', kind: 'approve' });
  const others = site.memberIds().filter((id) => id !== before);
  await expect.poll(() => primaryOf(site), PATIENTLY).toBeOneOf(others);
  return await primaryOf(site);
}

export async function primaryOf(site: Site): Promise<string> {
  const primaries = (await site.status()).members.filter(({ role }) => role === 'primary');
  return primaries.map(({ id }) => id).join(' and ');
}

/** Which member answers a client of the `app` network at this address; what psql said when none does. */
export async function whoAnswers(site: Site, host: string, port: number): Promise<string> {
  return await askAsClient(site, { host, port }, 'SHOW cluster_name');
}

export async function askAsClient(
  site: Site,
  at: { readonly host: string; readonly port: number },
  statement: string,
): Promise<string> {
  const { client } = site.description;
  const argv = [
    'psql',
    '-h',
    at.host,
    '-p',
    String(at.port),
    '-U',
    client.role,
    '-d',
    client.database,
    '-XAtc',
    statement,
  ];
  const { stdout, stderr } = await site.execIn(
    client.id,
    ['sh', '-c', 'PGPASSWORD=$(cat "$0") exec "$@"', client.passwordFile, ...argv],
    {
      env: { PGCONNECT_TIMEOUT: '2' },
      timeoutMs: 10_000,
    },
  );
  return stdout.trim() || stderr.trim();
}

/** How many of these ids the member has, whatever role it has. */
export async function countIds(site: Site, member: string, ids: readonly number[]): Promise<number> {
  const argv = ['psql', '-h', '/run/petrov/socket', '-U', 'postgres', '-d', 'app', '-XAt', '-f', '-'];
  const input = `SELECT count(*) FROM writes WHERE id = ANY ('{${ids.join(',')}}'::bigint[])`;
  const { stdout, stderr } = await site.execIn(member, argv, { input, timeoutMs: 30_000 });
  if (stdout === '') throw new Error(stderr);
  return Number(stdout.trim());
}

/** Ids that were acknowledged since, on the monotonic clock. */
export async function ackedSince(logFile: string, sinceMs: number): Promise<readonly number[]> {
  const { acks } = await readWriterLog(logFile);
  return acks.filter(({ monotonicMs }) => monotonicMs >= sinceMs).map(({ id }) => id);
}
