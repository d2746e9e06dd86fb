// The fence by command: what each end of a real program counts as, and what the program is told.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFenceWorld } from './act.ts';

const fenceBy = (script: string, deadlineMs = 2_000) =>
  makeFenceWorld({ method: 'command', off: ['sh', '-c', script] }, { deadlineMs }).act('fence');

describe('a fence command', () => {
  it('that ends with 0 is done; what it said is kept', async () => {
    expect(await fenceBy('echo outlet 7 is off')).toMatchObject({
      state: 'done',
      facts: { 'orders-1': { proof: 'outlet 7 is off' } },
    });
  });

  it('is told cluster and member, and nothing else of ours', async () => {
    process.env['PETROV_TEST_SECRET'] = 'hidden';
    const { facts } = await fenceBy('env | sort');
    delete process.env['PETROV_TEST_SECRET'];
    const names = (facts['orders-1']?.proof ?? '').split('\n').map((line) => line.split('=')[0]);
    expect(names.filter((name) => name !== '_' && name !== 'PWD' && name !== 'SHLVL' && name !== 'OLDPWD')).toEqual([
      'PATH',
      'PETROV_CLUSTER',
      'PETROV_MEMBER',
    ]);
  });

  it.each([
    ['exits with 3', 'echo no >&2; exit 3', 'refused', 'refused (exit code 3). It said: no'],
    ['exits with 1', 'exit 1', 'ambiguous', "what it did isn't known"],
    ['exits with 255', 'exit 255', 'ambiguous', 'exit code 255'],
    ['is killed', 'kill -9 $$', 'ambiguous', 'signal SIGKILL'],
  ])('that %s is %s', async (_, script, state, says) => {
    expect(await fenceBy(script)).toMatchObject({ state, says: expect.stringContaining(says) });
  });

  it('that is not there was not run: refused', async () => {
    const world = makeFenceWorld({ method: 'command', off: ['/nowhere/fence'] });
    expect(await world.act('fence')).toMatchObject({ state: 'refused', says: expect.stringContaining('ENOENT') });
  });

  it('that hangs is ambiguous at its deadline, and it ends with all that it started', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'petrov-fence-'));
    const late = join(folder, 'late');
    const result = await fenceBy(`(sleep 1; touch ${late}) & sleep 30`, 300);
    expect(result).toMatchObject({ state: 'ambiguous', says: expect.stringContaining("didn't end within 0.3 s") });
    await new Promise((resolve) => setTimeout(resolve, 1_200)); // longer than what it started would take
    expect(existsSync(late)).toBe(false);
    await rm(folder, { recursive: true });
  });

  it('says much, and a bounded end of it is kept', async () => {
    const { facts } = await fenceBy('yes fenced | head -c 100000; echo; echo the end');
    const proof = facts['orders-1']?.proof ?? '';
    expect(proof.length).toBeLessThanOrEqual(4_096);
    expect(proof.endsWith('the end')).toBe(true);
  });

  it('without one for lifting is lifted by a person', async () => {
    const world = makeFenceWorld(
      { method: 'command', off: ['true'] },
      { members: { 'orders-1': { host: '/x', port: 1 } } },
    );
    expect(await world.act('unfence')).toMatchObject({ state: 'refused', says: expect.stringContaining('by hand') });
  });
});
