// Goal: nobody decides without having seen whether the old primary can still take writes, and by what that is proven.
// Method: the decision page and the cluster's page in real Chromium against recorded worlds, found by role at both sizes.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { desktop, phone } from './chromium.ts';
import { ConsoleStage } from './console-fixture/browser.ts';

let stage: ConsoleStage;
let page: Page;
beforeAll(async () => {
  stage = await ConsoleStage.open();
  page = await stage.page();
});
afterAll(async () => await stage[Symbol.asyncDispose]());

const question = 'Can orders-1 still take writes?';
const answer = 'No, once the agent on orders-1 has stopped Postgres';

test.each([
  ['a phone', phone],
  ['a desktop', desktop],
])('on %s the decision page asks and answers it above the fold, the cluster page too', async (_, size) => {
  await page.setViewportSize(size);
  stage.server.show('open');
  await page.goto(`${stage.url}/proposals/p-7`);
  const region = page.getByRole('region', { name: question });
  await region.getByRole('heading', { level: 2, name: question }).waitFor();
  await region.getByText(answer).waitFor();
  await page.getByText('· live').waitFor();
  expect(await page.evaluate<number>('scrollY')).toBe(0);
  const [shown, bar] = await Promise.all([region.boundingBox(), page.locator('.answer-bar').boundingBox()]);
  expect((shown?.y ?? Infinity) + (shown?.height ?? 0), 'below the fold').toBeLessThanOrEqual(bar?.y ?? 0);
  stage.server.show('healthy');
  await page.goto(`${stage.url}/clusters/orders`);
  const planned = page.getByRole('region', { name: question });
  await planned.getByRole('heading', { level: 3, name: question }).waitFor();
  await planned.getByText(answer).waitFor();
});
