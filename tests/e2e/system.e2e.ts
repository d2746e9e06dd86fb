// Goal: what a newcomer is promised, on real servers and in a real browser: see the set, be blind and not be fooled, kill the
// primary, decide, watch it run, prove the record, leave nothing.
// Method: `petrov up`, then Chromium by role and label, once at a desk and once on a phone; each page checked by axe. One
// story for each size: what comes after a broken chapter would tell nothing.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { desktop, launchChromium, openPage, phone, runAxe, sayViolations } from './chromium.ts';
import { findLeftovers, RunningPetrov } from './system/running.ts';

const WITHIN_MS = 45_000;
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => await browser.close());

test.each([
  { size: 'desktop', viewport: desktop },
  { size: 'phone', viewport: phone },
])('the whole story on a $size', async ({ size, viewport }) => {
  const complaints: string[] = [];
  await using petrov = await RunningPetrov.start();
  const page = await openPage(browser, complaints, { viewport });
  const story = new Story(petrov, page);
  await story.seesTheSetLive();
  await story.isBlindAndNotFooled();
  await story.isAskedAfterAKill();
  await story.approvesAndWatches();
  await story.startsTheOldPrimary();
  await story.provesTheRecord();
  await page.context().close();
  expect(await petrov.interrupt(), 'exit code after Ctrl-C').toBe(0);
  expect(await findLeftovers(petrov.data)).toEqual([]);
  expect(complaints).toEqual([]);
  if (size === 'desktop') await findsTheRecordAgain(petrov);
});

/** The sandbox is a new one, the record is that of before: the proposal is there, and so is the hand that was in it. */
async function findsTheRecordAgain(earlier: RunningPetrov): Promise<void> {
  await using petrov = await RunningPetrov.start(earlier);
  const { stdout } = await petrov.run('proposals', 'show', 'orders-p1');
  expect(stdout).toMatch(/^Promote orders-[23] in orders \(sandbox\)\? Proposal orders-p1, revision \d+: succeeded\./);
  expect((await petrov.run('audit', 'verify')).stdout).toMatch(/^Entry \d+ \(P2003\) was changed/);
  expect((await petrov.run('status')).stdout).toMatch(/^orders \(sandbox\): orders-1 serves\./);
}

class Story {
  readonly #petrov: RunningPetrov;
  readonly #page: Page;

  constructor(petrov: RunningPetrov, page: Page) {
    this.#petrov = petrov;
    this.#page = page;
  }

  async seesTheSetLive(): Promise<void> {
    const page = this.#page;
    await page.goto(this.#petrov.signIn);
    await page.getByRole('main').getByRole('link', { name: 'orders' }).click();
    await this.#title('orders-1 serves.');
    await page.locator('.write-chart canvas').waitFor();
    for (const [member, role] of [
      ['orders-1', 'primary'],
      ['orders-2', 'standby'],
      ['orders-3', 'standby'],
    ])
      await page.getByRole('row', { name: new RegExp(`${member} .*${role}.* 0/[0-9A-F]{6,} timeline 1`) }).waitFor();
    for (const witness of ['w-a', 'w-b', 'w-c'])
      await page.getByRole('row', { name: new RegExp(`^${witness} zone [abc]( \\d+ ms){3}$`) }).waitFor();
    await this.#isAccessible();
  }

  async isBlindAndNotFooled(): Promise<void> {
    const page = this.#page;
    await this.#go('/sandbox');
    await this.#press('Cut the monitoring network');
    await page.getByRole('button', { name: 'Heal' }).waitFor();
    await this.#isAccessible();
    await this.#go('/clusters/orders');
    await this.#title('We are blind, the database is not.');
    await page.getByText(/witnesses lost orders-1, .*still sees? it alive/).waitFor();
    expect((await this.#petrov.run('--json', 'proposals')).stdout).toBe('');
    await this.#go('/sandbox');
    await this.#press('Heal');
    await page.getByText('Nothing. Press a fault').waitFor();
    await this.#go('/clusters/orders');
    await this.#title('orders-1 serves.');
  }

  async isAskedAfterAKill(): Promise<void> {
    const page = this.#page;
    await this.#go('/sandbox');
    await this.#press('Kill the primary');
    await page.getByText('proposal.raised').first().waitFor({ timeout: WITHIN_MS });
    await page.getByText('signature is right').first().waitFor();
    await this.#go('/');
    await this.#title('One decision waits for a person.');
    await page.getByRole('main').getByRole('link', { name: 'Look at the evidence' }).click();
    await this.#title(/^Promote orders-[23]\?$/);
    for (const side of [/^For: \d+ items/, /^Against: none found/, /^Unknown/])
      await page.getByRole('region', { name: side }).waitFor();
    await page
      .getByText(/no way back/i)
      .first()
      .waitFor();
    await page
      .getByText(/at most [\d.]+ [KM]iB/)
      .first()
      .waitFor();
    await this.#isAccessible();
  }

  async approvesAndWatches(): Promise<void> {
    await this.#promote();
    await this.#title(/^orders-[23] is the primary of orders\.$/);
    await this.#isAccessible();
    const status = await this.#petrov.run('status');
    expect(status.stdout).toMatch(/orders-[23]\s+[bc]\s+primary\s+2\s/);
    expect(status.stdout).toMatch(/orders-[23]\s+[bc]\s+standby\s+2\s.*streaming from orders-[23]/);
    // The first whole second after the promotion: the one in which it happened has failures too.
    await expect
      .poll(async () => (await this.#petrov.run('status')).stdout, { timeout: 20_000 })
      .toMatch(/Client writes: [1-9]\d* succeeded, 0 failed/);
  }

  /** As a person would: when a new revision came meanwhile, its change is read, gone on with, and answered anew. */
  async #promote(): Promise<void> {
    const page = this.#page;
    const button = page.getByRole('button', { name: /^Promote orders-[23] in orders \(sandbox\)$/ });
    const goOn = page.getByRole('button', { name: /^Go on with revision \d+$/ });
    const isReady = async (): Promise<boolean> => {
      if (await goOn.isVisible()) await goOn.click();
      await page.getByRole('radio', { name: /Postgres is absent/ }).check();
      await page.getByRole('textbox', { name: 'Why, for the record' }).fill('Checked by hand: its host is gone');
      return await button.isEnabled();
    };
    await expect.poll(isReady, { timeout: WITHIN_MS, interval: 100 }).toBe(true);
    await button.click();
  }

  async startsTheOldPrimary(): Promise<void> {
    await this.#go('/sandbox');
    await this.#press('Start orders-1 again');
    const isInRecovery = async () =>
      (await this.#petrov.run('sandbox', 'psql', 'orders-1', '--', '-Atc', 'SELECT pg_is_in_recovery()')).stdout.trim();
    await expect.poll(isInRecovery, { timeout: WITHIN_MS, interval: 500 }).toBe('t');
  }

  async provesTheRecord(): Promise<void> {
    const page = this.#page;
    const petrov = this.#petrov;
    await this.#go('/record');
    await this.#title('Who did what, when, and why.');
    await page.getByText(/Demo operator approved orders-p1, revision \d+: Checked by hand: its host is gone/).waitFor();
    await this.#press('Verify the chain');
    await page.getByText(/The chain is whole: \d+ entries/).waitFor();
    await this.#isAccessible();
    const whole = await petrov.run('audit', 'verify');
    expect([whole.code, whole.stdout]).toEqual([0, expect.stringContaining('The chain is whole')]);
    const seq = /^\s*(\d+)$/m.exec(
      (await petrov.sql("SELECT seq FROM audit_entries WHERE code = 'P2003'")).stdout,
    )?.[1];
    const changed = await petrov.sql(
      `SET session_replication_role = replica; UPDATE audit_entries SET says = 'Nobody approved.' WHERE seq = ${seq}`,
    );
    expect([changed.code, changed.stderr]).toEqual([0, '']);
    const verified = await petrov.run('audit', 'verify');
    expect(verified.code).toBe(1);
    expect(verified.stdout).toMatch(new RegExp(`^Entry ${seq} \\(P2003\\) was changed`));
  }

  async #title(name: string | RegExp): Promise<void> {
    await this.#page.getByRole('heading', { level: 1, name }).waitFor({ timeout: WITHIN_MS });
  }

  async #go(path: string): Promise<void> {
    await this.#page.goto(`${this.#petrov.url}${path}`);
  }

  async #press(name: string | RegExp): Promise<void> {
    await this.#page.getByRole('button', { name }).click();
  }

  async #isAccessible(): Promise<void> {
    expect(sayViolations(await runAxe(this.#page)), this.#page.url()).toEqual([]);
  }
}
