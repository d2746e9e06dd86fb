// A real Chromium and a freshly built console for the page tests; everything that was opened here is closed here.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { ConsoleServer } from './console-server.ts';

const consoleFolder = fileURLToPath(new URL('../../../apps/console', import.meta.url));
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

export class ConsoleStage {
  readonly server: ConsoleServer;
  readonly url: string;
  /** What pages complained of: broken policy, errors of scripts. An expected 401 or 409 is no complaint. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;
  readonly #folder: string;

  private constructor(server: ConsoleServer, url: string, browser: Browser, folder: string) {
    this.server = server;
    this.url = url;
    this.#browser = browser;
    this.#folder = folder;
  }

  static async open(): Promise<ConsoleStage> {
    const folder = await mkdtemp(join(tmpdir(), 'petrov-console-'));
    await build({ root: consoleFolder, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
    const server = new ConsoleServer(folder);
    const url = await server.start();
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
    return new ConsoleStage(server, url, browser, folder);
  }

  async page(options: BrowserContextOptions = { viewport: phone }): Promise<Page> {
    const context = await this.#browser.newContext({ reducedMotion: 'reduce', ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      const isExpected = message.text().startsWith('Failed to load resource') || message.text().includes('WebSocket');
      if (message.type() === 'error' && !isExpected) this.complaints.push(`${page.url()}: ${message.text()}`);
    });
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.server[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
