// Goal: nobody promotes by accident, on old news, or without having named why; stopping is always at hand.
// Method: the decision page in real Chromium against recorded worlds, by role and label, partly with the keyboard alone.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ConsoleStage } from './console-fixture/browser.ts';
import type { WorldName } from './console-fixture/worlds.ts';

let stage: ConsoleStage;
let page: Page;
beforeAll(async () => {
  stage = await ConsoleStage.open();
  page = await stage.page();
});
afterAll(async () => await stage[Symbol.asyncDispose]());
beforeEach(() => {
  stage.server.setLive(true);
  stage.server.decisions.length = 0;
});

const promote = () => page.getByRole('button', { name: 'Promote orders-2 in orders (production)' });
const reject = () => page.getByRole('button', { name: 'Reject: false alarm' });
const wait = () => page.getByRole('button', { name: 'Wait, re-measure' });
const focused = async () => await page.locator(':focus').textContent();
const heading = (name: string) => page.getByRole('heading', { level: 1, name });

async function openDecision(world: WorldName = 'open'): Promise<void> {
  stage.server.show(world);
  await page.goto(`${stage.url}/proposals/p-7`);
  await heading('Promote orders-2?').waitFor();
  await page.getByText('· live').waitFor();
}

async function fillIn(): Promise<void> {
  await page.getByRole('radio', { name: 'agent on its host: Postgres is absent' }).check();
  await page.getByRole('button', { name: 'Kinds agree and users are hurt' }).click();
}

async function until<T>(read: () => T | undefined): Promise<T> {
  return await expect
    .poll(read, { timeout: 20_000 })
    .toBeDefined()
    .then(() => read() as T);
}

test('waiting has the focus, the three sides stand there, and an empty "against" names where it was looked', async () => {
  await openDecision();
  expect(await focused()).toBe('Wait, re-measure');
  for (const name of ['For: 7 items, 4 kinds', 'Against: none found', 'Unknown: 1 item']) {
    await page.getByRole('region', { name }).waitFor();
  }
  await page.getByText('Looked in: commits by witnesses, WAL arriving at standbys').waitFor();
  await page.getByText('If nobody acts, nothing is promoted and writes stay down.').waitFor();
});

test('promoting asks for the deciding item and a reason first, then sends the revision, its digests and what was seen', async () => {
  await openDecision();
  await page.getByText('3 witnesses, each: connection refused at orders-1').first().click();
  await promote().click({ force: true });
  expect(stage.server.decisions).toEqual([]);
  expect(await page.locator(':focus').getAttribute('name')).toBe('decisive');
  await fillIn();
  await promote().click();
  await heading('Promoting orders-2 now.').waitFor();
  const [decision] = stage.server.decisions;
  expect(decision).toMatchObject({
    decision: 'approve',
    revision: 3,
    digests: { plan: 'd1', evidenceAgainst: 'd3-3' },
    reason: 'Kinds agree and users are hurt',
    displayed: { decisiveItem: 'host/orders-1', rawOpened: 1 },
  });
  expect(decision?.displayed.openedAtMs).toBeGreaterThan(Date.now() - 60_000);
});

test('the keyboard alone carries a decision to its end', async () => {
  await openDecision();
  await page.getByRole('radio').first().focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Checked by hand with the host team');
  const button = 'Promote orders-2 in orders (production)';
  for (let tabs = 0; tabs < 5 && (await focused()) !== button; tabs += 1) await page.keyboard.press('Tab');
  expect(await focused()).toBe(button);
  await page.keyboard.press('Enter');
  await heading('Promoting orders-2 now.').waitFor();
  expect(stage.server.decisions[0]?.reason).toBe('Checked by hand with the host team');
});

test('single letters decide nothing', async () => {
  await openDecision();
  for (const key of ['p', 'a', 'y', 'r', 'w', '1']) await page.keyboard.press(key);
  expect(stage.server.decisions).toEqual([]);
});

test('waiting takes one press; rejecting takes a reason', async () => {
  await openDecision();
  await wait().press('Enter');
  await page.getByText('Waiting a minute; it is measured again.').waitFor();
  expect(await until(() => stage.server.decisions[0])).toMatchObject({ decision: 'hold', holdForMs: 60_000 });
  await reject().click();
  const dialog = page.getByRole('dialog', { name: 'Why is this a false alarm?' });
  expect(await dialog.getByRole('button', { name: 'Reject it' }).isDisabled()).toBe(true);
  await dialog.getByRole('button', { name: 'Only our view is broken' }).click();
  await dialog.getByRole('button', { name: 'Reject it' }).click();
  expect(await until(() => stage.server.decisions[1])).toMatchObject({
    decision: 'reject',
    reason: 'Only our view is broken',
  });
});

test('a changed revision freezes every answer, says aloud what changed, and goes on only when the person does', async () => {
  await openDecision();
  await fillIn();
  stage.server.show('changed');
  const alert = page.getByRole('alert').filter({ hasText: 'The proposal has changed while you were reading' });
  await alert.getByText('new, evidence against: a restart of orders-1 was declared by anna, for 10 minutes').waitFor();
  for (const button of [promote(), reject(), wait()]) expect(await button.isDisabled()).toBe(true);
  await page.getByRole('region', { name: 'Against: none found' }).waitFor();
  await alert.getByRole('button', { name: 'Go on with revision 4' }).click();
  await page.getByRole('region', { name: 'Against: 1 item' }).getByText('new', { exact: true }).waitFor();
  await page.getByText('Still needed: the item that decides it.').waitFor();
  await page.getByRole('radio', { name: 'a restart of orders-1 was declared by anna, for 10 minutes' }).check();
  await promote().click();
  expect(await until(() => stage.server.decisions[0])).toMatchObject({
    revision: 4,
    digests: { evidenceAgainst: 'd3-4' },
  });
});

test('without the live line the answers are off after five seconds and a banner says so; they return with it', async () => {
  await openDecision();
  stage.server.setLive(false);
  await page.getByRole('alert').filter({ hasText: 'The live connection is gone' }).waitFor();
  for (const button of [promote(), reject(), wait()]) expect(await button.isDisabled()).toBe(true);
  stage.server.setLive(true);
  await expect.poll(async () => await wait().isEnabled(), { timeout: 30_000 }).toBe(true);
});

test('on stale evidence approving is off and says why; stopping stays possible', async () => {
  await openDecision('stale');
  expect(await promote().isDisabled()).toBe(true);
  await page.getByText('The evidence is too old to approve on.').waitFor();
  expect(await reject().isEnabled()).toBe(true);
});

test('a viewer sees everything and can press nothing, with the reason', async () => {
  await openDecision('viewer');
  for (const button of [promote(), reject(), wait()]) expect(await button.isDisabled()).toBe(true);
  await page.getByText('Stanislav is viewer; to approve takes an approver.').waitFor();
});

test('what the controller refuses is told in its own words, and the question stays', async () => {
  await openDecision();
  await fillIn();
  stage.server.refuseNext = {
    status: 409,
    code: 'evidence-moved',
    message: 'A commit succeeded meanwhile. Nothing was promoted. Look again.',
  };
  await promote().click();
  await page.getByRole('alert').filter({ hasText: 'A commit succeeded meanwhile.' }).waitFor();
  await heading('Promote orders-2?').waitFor();
});

test('a stuck run is resumed or abandoned by a person with a reason', async () => {
  stage.server.show('stuck');
  await page.goto(`${stage.url}/proposals/p-7`);
  await page.getByText('It is not known whether orders-1 is fenced.').waitFor();
  const resume = page.getByRole('button', { name: 'Resume the run' });
  expect(await resume.isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Looked into it: it may go on' }).click();
  await resume.click();
  expect(await until(() => stage.server.decisions[0])).toMatchObject({
    decision: 'resume',
    reason: 'Looked into it: it may go on',
  });
  await page.getByText('lifts nothing: orders-1 stays as it is').waitFor();
  await page.getByRole('button', { name: 'Another standby or fence is needed' }).click();
  await page.getByRole('button', { name: 'Abandon it, leave the fence' }).click();
  expect(await until(() => stage.server.decisions[1])).toMatchObject({ decision: 'abandon', leavesFence: true });
});

test('at the end the page says when service came back, who decided and why', async () => {
  stage.server.show('succeeded');
  await page.goto(`${stage.url}/proposals/p-7`);
  await heading('orders-2 is the primary of orders.').waitFor();
  await page.getByText('Service is back', { exact: true }).waitFor();
  await page.getByText('Decided by: agent on its host: Postgres is absent').waitFor();
});

test('a one-time link signs in once and leaves the address bar; a used one says what to do', async () => {
  stage.server.show('signed-out');
  await page.goto(`${stage.url}/sign-in#token=used`);
  await page.getByText('petrov sign-in-link').first().waitFor();
  await page.getByRole('alert').filter({ hasText: 'This link was used already.' }).waitFor();
  await page.goto('about:blank');
  await page.goto(`${stage.url}/sign-in?next=/record#token=fresh-token`);
  await heading('Who did what, when, and why.').waitFor();
  expect(page.url()).toBe(`${stage.url}/record`);
  expect(stage.server.tokens.filter((token) => token === 'fresh-token')).toHaveLength(1);
});

test('a one-time link signs in though the answer to an earlier "who am I?" comes after it', async () => {
  const fresh = await stage.page();
  const linked = fresh.waitForResponse((response) => response.url().endsWith('/session/link'));
  let asked = 0;
  let answered = (): void => undefined;
  const isEarly = new Promise<void>((resolve) => (answered = resolve));
  const isAgain = (url: string) => url.endsWith('/v1/session') && asked > 0;
  const askedAgain = fresh.waitForRequest((request) => isAgain(request.url()), { timeout: 5_000 });
  await fresh.route('**/api/v1/session', async (route) => {
    asked += 1;
    if (asked > 1) return await route.continue();
    const early = await route.fetch();
    expect(early.status()).toBe(401);
    answered();
    await linked;
    await askedAgain.catch(() => undefined); // none comes: that's what must not be
    await route.fulfill({ response: early });
  });
  await fresh.route('**/api/v1/session/link', async (route) => {
    await isEarly;
    await route.continue();
  });
  stage.server.show('signed-out');
  await fresh.goto(`${stage.url}/sign-in?next=/record#token=late-answer`);
  await fresh.getByRole('heading', { level: 1, name: 'Who did what, when, and why.' }).waitFor();
  await fresh.context().close();
});

test('the live line changes the cluster page in place, and news is said in a status', async () => {
  stage.server.show('healthy');
  await page.goto(`${stage.url}/clusters/orders`);
  await heading('orders-1 serves.').waitFor();
  await page.getByText('· live').waitFor();
  stage.server.show('open');
  await heading('The primary orders-1 is down.').waitFor();
  await page
    .getByRole('status')
    .filter({ hasText: 'A decision waits in orders: Promote orders-2?' })
    .waitFor({ state: 'attached' });
  await page.getByRole('link', { name: 'Look at the evidence' }).click();
  await heading('Promote orders-2?').waitFor();
});

test('the sandbox panel breaks and heals, the record verifies its chain', async () => {
  stage.server.show('blind');
  await page.goto(`${stage.url}/sandbox`);
  await page.getByRole('button', { name: 'Kill the primary' }).click();
  await expect.poll(() => stage.server.faults, { timeout: 20_000 }).toEqual([{ name: 'kill', args: ['orders-1'] }]);
  await page.getByRole('link', { name: 'Record' }).click();
  await page.getByRole('button', { name: 'Verify the chain' }).click();
  await page.getByText('The chain of 5 entries is whole, from the first to the last.').waitFor();
});
