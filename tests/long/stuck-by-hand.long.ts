// A run that is stuck on real servers, gone on with at a terminal and given up in the console: what a person reads and does
// there is what happens to the servers.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Decide } from '@petrov/drill';
import { expect, test } from 'vitest';
import { desktop, launchChromium, openPage } from '../e2e/chromium.ts';
import { drill, failures } from '../integration/drill-harness.ts';

const petrov = join(import.meta.dirname, '../../apps/cli/bin/petrov');
const TIMEOUT_MS = 400_000;

const atTheTerminal: Decide = async (rig, { proposal, kind }) => {
  const { adminSocket } = rig.parts.controller.place;
  const run = async (...args: readonly string[]) =>
    (await promisify(execFile)(petrov, ['--socket', adminSocket, ...args], { timeout: 60_000 })).stdout;
  expect(await run('runs', 'show', `${proposal}-r1`)).toMatch(/needs a person|stuck/);
  return (await run(kind, `${proposal}-r1`, '--reason', 'the candidate is back')).trim();
};

const inTheConsole: Decide = async (rig, { proposal, kind }) => {
  const browser = await launchChromium();
  try {
    const complaints: string[] = [];
    const page = await openPage(browser, complaints, { viewport: desktop });
    const { url } = await rig.parts.controller.signIn();
    await page.goto(url);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.goto(`${rig.parts.url}/proposals/${proposal}`);
    await page.getByText('It goes no further without you').waitFor();
    await page
      .getByText(/does not answer as a standby|could not be read/)
      .first()
      .waitFor();
    await page.getByRole('textbox', { name: 'Why, for the record' }).fill('taking over by hand');
    await page.getByRole('button', { name: kind === 'abandon' ? 'Abandon the run' : 'Resume the run' }).click();
    await page.getByText('Nothing was promoted').first().waitFor();
    expect(complaints).toEqual([]);
    return 'answered in the console';
  } finally {
    await browser.close();
  }
};

test('at the terminal it goes on', { timeout: TIMEOUT_MS }, async () => {
  const report = await drill({ scenario: 'candidate-dies-promoting', decide: atTheTerminal });
  expect(failures(report)).toEqual([]);
});

test('in the console it is given up', { timeout: TIMEOUT_MS }, async () => {
  const report = await drill({ scenario: 'candidate-dies', decide: inTheConsole });
  expect(failures(report)).toEqual([]);
});
