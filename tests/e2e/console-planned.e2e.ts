// Goal: a planned change is asked for with a reason, never by accident, and is decided on a page that says what it is.
// Method: the cluster's page and the decision page in real Chromium against recorded worlds.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { phone } from './chromium.ts';
import { ConsoleStage } from './console-fixture/browser.ts';

let stage: ConsoleStage;
let page: Page;
beforeAll(async () => {
  stage = await ConsoleStage.open();
  page = await stage.page();
  await page.setViewportSize(phone);
});
afterAll(async () => await stage[Symbol.asyncDispose]());

test('a switchover is asked for with a reason, names the primary it means, and leads to its decision', async () => {
  stage.server.show('healthy');
  await page.goto(`${stage.url}/clusters/orders`);
  const ask = page.getByRole('button', { name: 'Switch over to orders-2 …' });
  await ask.waitFor();
  expect(await ask.isDisabled()).toBe(true);
  await page.getByText('Say why first.').waitFor();
  await page.getByRole('button', { name: 'Maintenance of its host' }).click();
  await ask.click();
  await page.getByRole('heading', { level: 1, name: 'Switch over to orders-2?' }).waitFor();
  expect(stage.server.requests).toEqual([
    { kind: 'switchover', member: 'orders-2', expectedPrimary: 'orders-1', reason: 'Maintenance of its host' },
  ]);
  await page.getByText('If nobody acts, orders-1 stays the primary.').waitFor();
  expect(await page.getByText('not seen any more').count()).toBe(0);
  await page.getByRole('button', { name: 'As planned' }).click();
  const go = page.getByRole('button', { name: 'Switch over from orders-1 to orders-2 in orders (production)' });
  await go.click();
  await expect.poll(() => stage.server.decisions.at(-1)).toMatchObject({ decision: 'approve', reason: 'As planned' });
});

test('it may be asked for later: with a time, never one that is over', async () => {
  stage.server.requests.length = 0;
  stage.server.show('healthy');
  await page.goto(`${stage.url}/clusters/orders`);
  await page.getByRole('button', { name: 'Maintenance of its host' }).click();
  const notBefore = page.getByLabel('Not before, in your local time');
  const ask = page.getByRole('button', { name: 'Switch over to orders-2 …' });
  await notBefore.fill('2020-01-01T04:00');
  await page.getByText('That time is over: choose a later one, or none.').waitFor();
  expect(await ask.isDisabled()).toBe(true);
  await notBefore.fill('2099-01-01T04:00');
  await ask.click();
  await page.getByRole('heading', { level: 1, name: 'Switch over to orders-2?' }).waitFor();
  const local = await page.evaluate<number>("Date.parse('2099-01-01T04:00')");
  expect(stage.server.requests).toMatchObject([{ kind: 'switchover', member: 'orders-2', notBeforeMs: local }]);
});

test('a member that does not follow comes back by a rewind, or is copied anew', async () => {
  stage.server.requests.length = 0;
  stage.server.show('succeeded');
  await page.goto(`${stage.url}/clusters/orders`);
  await page.getByRole('button', { name: 'Maintenance of its host' }).click();
  await page.getByRole('button', { name: 'Bring orders-1 back …' }).waitFor();
  await page.getByText('copying anew replaces all of its data').waitFor();
  await page.getByRole('button', { name: 'Copy orders-1 anew …' }).click();
  await page.getByRole('heading', { level: 1, name: 'Bring orders-1 back?' }).waitFor();
  expect(stage.server.requests).toMatchObject([{ kind: 'rejoin', member: 'orders-1', how: 'clone' }]);
});

test('the return of a former primary says what is dropped, and can be left', async () => {
  stage.server.show('rejoin');
  await page.goto(`${stage.url}/proposals/p-8`);
  await page.getByRole('heading', { level: 1, name: 'Bring orders-1 back?' }).waitFor();
  await page.getByText('2 KiB of WAL on orders-1, from 0/30003A8 on, were never replicated').first().waitFor();
  expect(await page.getByText('Who could take over').count()).toBe(0);
  expect(await page.getByText('Down for').count()).toBe(0);
  await page.getByRole('button', { name: 'Leave it down' }).click();
  await page.getByRole('heading', { name: 'Why should orders-1 stay down?' }).waitFor();
});
