// Goal: every page can be read and used by everybody, at every size and in both themes, under the controller's policy.
// Method: each page in its telling worlds, axe at three sizes in light and dark, the width measured at each.
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AxeFound, axeTags, desktop, phone, runAxe, sayViolations, smallPhone } from './chromium.ts';
import { ConsoleStage } from './console-fixture/browser.ts';
import type { WorldName } from './console-fixture/worlds.ts';

const pages: readonly { readonly path: string; readonly world: WorldName; readonly heading: string }[] = [
  { world: 'signed-out', path: '/sign-in', heading: 'Who is deciding?' },
  { world: 'open', path: '/', heading: 'One decision waits for a person.' },
  { world: 'empty', path: '/', heading: 'Nothing is watched yet.' },
  { world: 'healthy', path: '/clusters/orders', heading: 'orders-1 serves.' },
  { world: 'blind', path: '/clusters/orders', heading: 'We are blind, the database is not.' },
  { world: 'open', path: '/proposals/p-7', heading: 'Promote orders-2?' },
  { world: 'stuck', path: '/proposals/p-7', heading: 'The promotion of orders-2 stopped and needs a person.' },
  { world: 'succeeded', path: '/runs/r-7', heading: 'orders-2 is the primary of orders.' },
  { world: 'healthy', path: '/proposals/p-6', heading: 'A person refused the promotion of orders-2 in orders.' },
  { world: 'rejoin', path: '/proposals/p-8', heading: 'Bring orders-1 back?' },
  { world: 'switchover', path: '/proposals/p-8', heading: 'Switch over to orders-2?' },
  { world: 'open', path: '/proposals', heading: 'One proposal is under way.' },
  { world: 'open', path: '/record', heading: 'Who did what, when, and why.' },
  { world: 'blind', path: '/sandbox', heading: 'Break it, and see what Petrov makes of it.' },
];
const sizes = [phone, smallPhone, desktop];

let stage: ConsoleStage;
let page: Page;
beforeAll(async () => {
  stage = await ConsoleStage.open();
  page = await stage.page();
});
afterAll(async () => await stage[Symbol.asyncDispose]());

async function open(page: Page, { world, path, heading }: (typeof pages)[number]): Promise<void> {
  stage.server.show(world);
  await page.goto(`${stage.url}${path}`);
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  if (path.startsWith('/clusters/')) {
    await page.locator('.write-chart canvas').waitFor();
    await page
      .getByText(/^(Nothing|A failover).* of a failover|would not go well/)
      .first()
      .waitFor();
  }
  if (path === '/sandbox') await page.getByText('proposal.raised').first().waitFor();
}

const colourRules = ['color-contrast', 'link-in-text-block'];

/** A theme changes colours only, so in the dark only the rules about colour can answer otherwise. */
async function runAxeAgain(page: Page, colorScheme: 'light' | 'dark'): Promise<AxeFound> {
  const runOnly = colorScheme === 'dark' ? { type: 'rule', values: colourRules } : { type: 'tag', values: axeTags };
  return await page.evaluate<AxeFound>(`axe.run(document, { runOnly: ${JSON.stringify(runOnly)} })`);
}

test.each(pages)(
  '$path in the world "$world" has no violation, one h1, and fits, at each size and theme',
  async (one) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await open(page, one);
    expect(sayViolations(await runAxe(page))).toEqual([]);
    for (const viewport of sizes) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(sayViolations(await runAxeAgain(page, colorScheme)), `${viewport.width} px, ${colorScheme}`).toEqual([]);
      }
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(width, 'scrolls sideways').toBeLessThanOrEqual(viewport.width);
    }
    expect(await page.locator('h1').count()).toBe(1);
  },
);

test('the decision page loads with less than 200 KB, compressed', async () => {
  const fresh = await stage.page();
  const files: Promise<{ readonly name: string; readonly bytes: number }>[] = [];
  fresh.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (/\.(js|css|svg)$|^\/proposals/.test(pathname)) files.push(sizeOf(pathname, response.body()));
  });
  stage.server.show('open');
  await fresh.goto(`${stage.url}/proposals/p-7`);
  await fresh.getByRole('button', { name: 'Wait, re-measure' }).waitFor();
  const sizes = await Promise.all(files);
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(total, sizes.map(({ name, bytes }) => `${name} ${bytes}`).join('\n')).toBeLessThan(200_000);
  expect(sizes.some(({ name }) => name.includes('write-chart'))).toBe(false);
  await fresh.context().close();
});

async function sizeOf(name: string, body: Promise<Buffer>): Promise<{ readonly name: string; readonly bytes: number }> {
  return { name, bytes: gzipSync(await body).byteLength };
}

test('the cluster page says what stands in the way of a failover first, and what is in order on a tap', async () => {
  await open(page, { world: 'healthy', path: '/clusters/orders', heading: 'orders-1 serves.' });
  const panel = page.getByRole('region', { name: 'Ready for a failover?' });
  await panel.getByText('A failover would not go well: 1 of 18 checks fails').waitFor();
  expect(await panel.locator('li strong').first().innerText()).toBe('Replay');
  expect(await panel.getByText('Replay is paused at orders-2').isVisible()).toBe(true);
  const inOrder = panel.getByText('orders-1 has no prepared transaction.');
  expect(await inOrder.isVisible()).toBe(false);
  await panel.getByText(/checks are ok$/).click();
  await inOrder.waitFor();
  expect(sayViolations(await runAxe(page))).toEqual([]);
});

test('no page broke the content policy or threw', () => {
  expect(stage.complaints).toEqual([]);
});
