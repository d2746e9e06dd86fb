// Debian's Chromium without a window, the sizes that count, and pages whose complaints are kept.
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const phone = { width: 390, height: 844 };
export const smallPhone = { width: 320, height: 640 };
export const desktop = { width: 1280, height: 800 };
export const axeTags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];

export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
}

/** What the page complains of (a broken policy, a script's error) goes to `complaints`; an expected 401 or 409 is none. */
export async function openPage(browser: Browser, complaints: string[], options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isExpected = message.text().startsWith('Failed to load resource') || message.text().includes('WebSocket');
    if (message.type() === 'error' && !isExpected) complaints.push(`${page.url()}: ${message.text()}`);
  });
  return page;
}

export type AxeFound = {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string | undefined }[];
  }[];
};

/** Puts axe into the page and asks it everything. */
export async function runAxe(page: Page): Promise<AxeFound> {
  return await new AxeBuilder({ page }).setLegacyMode(true).withTags(axeTags).analyze();
}

export function sayViolations({ violations }: AxeFound): string[] {
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}
