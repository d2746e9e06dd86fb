// A real Chromium and a freshly built console for the page tests; everything that was opened here is closed here.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { build } from 'vite';
import { launchChromium, openPage, phone } from '../chromium.ts';
import { ConsoleServer } from './console-server.ts';

const consoleFolder = fileURLToPath(new URL('../../../apps/console', import.meta.url));
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
    const browser = await launchChromium();
    return new ConsoleStage(server, url, browser, folder);
  }

  async page(options: BrowserContextOptions = { viewport: phone }): Promise<Page> {
    return await openPage(this.#browser, this.complaints, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.server[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
