// Goal: what takes two people says so before anybody answers, is accepted by name, and never shows what the first one thought.
// Method: the decision page in real Chromium against recorded worlds, by role and label.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { phone, runAxe, sayViolations } from './chromium.ts';
import { ConsoleStage } from './console-fixture/browser.ts';
import type { WorldName } from './console-fixture/worlds.ts';

let stage: ConsoleStage;
let page: Page;
beforeAll(async () => {
  stage = await ConsoleStage.open();
  page = await stage.page();
  await page.setViewportSize(phone);
});
afterAll(async () => await stage[Symbol.asyncDispose]());
beforeEach(() => {
  stage.server.decisions.length = 0;
});

const promote = () => page.getByRole('button', { name: 'Promote orders-2 in orders (production)' });
const accept = () =>
  page.getByRole('checkbox', {
    name: 'I accept that up to 64 MiB of commits are lost, and that orders-1 may still take writes.',
  });

async function open(world: WorldName, heading: string): Promise<void> {
  stage.server.show(world);
  await page.goto(`${stage.url}/proposals/p-7`);
  await page.getByRole('heading', { level: 2, name: heading }).waitFor();
  await page.getByText('· live').waitFor();
}

async function fillIn(): Promise<void> {
  await page.getByRole('radio', { name: 'agent on its host: Postgres is absent' }).check();
  await page.getByRole('button', { name: 'Kinds agree and users are hurt' }).click();
}

test('that it takes two is said with its reasons; approving needs the acceptance, which is sent by name', async () => {
  await open('takes-two', 'This takes two people');
  const region = page.getByRole('region', { name: 'This takes two people' });
  await region.getByText('nothing keeps orders-1 from taking writes').waitFor();
  await page.getByRole('region', { name: 'Can orders-1 still take writes?' }).getByText('Yes').waitFor();
  expect(sayViolations(await runAxe(page))).toEqual([]);
  await fillIn();
  await promote().click({ force: true });
  expect(stage.server.decisions).toEqual([]);
  await page.getByText('Still needed: your acceptance of what goes beyond the policy.').first().waitFor();
  await accept().check();
  await page.getByText('Another person has to approve it too before anything starts.').waitFor();
  await promote().click();
  await expect
    .poll(() => stage.server.decisions[0])
    .toMatchObject({ decision: 'approve', overrides: { lossBytes: 67_108_864, unfenced: 'orders-1' } });
});

test('the second person sees that another is needed, and neither who approved nor why', async () => {
  await open('waits-for-second', '1 of 2, another person is needed');
  await fillIn();
  await accept().check();
  await page.getByText('This starts the plan above at once.').waitFor();
  expect(await promote().isEnabled()).toBe(true);
});

test('the first person can’t be the second, and is told so; stopping stays possible', async () => {
  await open('waits-for-another', '1 of 2, another person is needed');
  expect(await promote().isDisabled()).toBe(true);
  await page.getByText('You have approved it: another person is needed.').waitFor();
  expect(await page.getByRole('button', { name: 'Reject: false alarm' }).isEnabled()).toBe(true);
});

test('a run that stands at its fence can be left for another way, with a reason', async () => {
  stage.server.show('stuck');
  await page.goto(`${stage.url}/proposals/p-7`);
  const leave = page.getByRole('button', { name: 'Ask for another fence' });
  await leave.waitFor();
  expect(await leave.isDisabled()).toBe(true);
  await page.getByText('where no other is left, it takes two people').waitFor();
  await page.getByRole('button', { name: 'Another standby or fence is needed' }).click();
  await leave.click();
  await expect
    .poll(() => stage.server.decisions[0])
    .toMatchObject({ decision: 'refence', reason: 'Another standby or fence is needed' });
});
