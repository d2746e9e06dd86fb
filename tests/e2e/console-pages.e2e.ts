// Goal: every page can be read and used by everybody, at every size and in both themes, under the controller's policy.
// Method: each page in its telling worlds, axe at three sizes in light and dark, the width measured at 320 px.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConsoleStage, desktop, phone, smallPhone } from './console-fixture/browser.ts';
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
  { world: 'healthy', path: '/proposals/p-6', heading: 'A person refused promoting orders-2 in orders.' },
  { world: 'open', path: '/proposals', heading: 'One proposal is under way.' },
  { world: 'open', path: '/record', heading: 'Who did what, when, and why.' },
  { world: 'blind', path: '/sandbox', heading: 'Break it, and see what Petrov makes of it.' },
];
const looks = [phone, smallPhone, desktop].flatMap((viewport) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ viewport, colorScheme })),
);

let stage: ConsoleStage;
beforeAll(async () => {
  stage = await ConsoleStage.open();
});
afterAll(async () => await stage[Symbol.asyncDispose]());

async function open(page: Page, { world, path, heading }: (typeof pages)[number]): Promise<void> {
  stage.server.show(world);
  await page.goto(`${stage.url}${path}`);
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  if (path.startsWith('/clusters/')) await page.locator('.write-chart canvas').waitFor();
  if (path === '/sandbox') await page.getByText('proposal.raised').first().waitFor();
}

describe.each(looks)('at $viewport.width × $viewport.height, $colorScheme', ({ viewport, colorScheme }) => {
  test('axe finds nothing on any page, each has one h1, and none is wider than the screen', async () => {
    const page = await stage.page({ viewport, colorScheme });
    for (const one of pages) {
      await open(page, one);
      const found = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze();
      const violations = found.violations.map(
        ({ id, nodes }) => `${one.path} ${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
      );
      expect(violations).toEqual([]);
      expect(await page.locator('h1').count()).toBe(1);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(width, `${one.path} in ${one.world} scrolls sideways`).toBeLessThanOrEqual(viewport.width);
    }
    await page.context().close();
  });
});

test('no page broke the content policy or threw', () => {
  expect(stage.complaints).toEqual([]);
});
