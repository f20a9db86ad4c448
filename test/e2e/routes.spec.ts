import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, inRepo, test } from '../support/electron-app';

const samplePicture = (name: string): string =>
  inRepo('app', 'resources', 'samples', 'pictures', `${name}.png`);
const bag = readFileSync(samplePicture('bag'));
const callers = 200;

/** The sample with versions 1 and 3 loaded, and endpoints on, at any free port; answers the address. */
async function sampleWithEndpoints(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Try a sample model' }).click();
  const state = (version: number) =>
    page.getByRole('row', { name: `fashion-mnist version ${version}` }).getByRole('status');
  await expect(state(3)).toHaveText('Available');
  await page.getByRole('button', { name: 'Load fashion-mnist version 1' }).click();
  await expect(state(1)).toHaveText('Available');
  const { rest } = await page.evaluate(async () => {
    const reply = await Reflect.get(window, 'bridge').call['endpoints.set']({ isOn: true });
    return reply.value;
  });
  return rest.text;
}

interface Answered {
  readonly arm: string | null;
  readonly version: string | null;
}

async function ask(address: string, headers: Readonly<Record<string, string>>): Promise<Answered> {
  const response = await fetch(`${address}/v1/models/fashion-mnist-split:classify`, {
    method: 'POST',
    headers: { 'content-type': 'image/png', ...headers },
    body: bag,
  });
  expect(response.status).toBe(200);
  await response.arrayBuffer();
  return { arm: response.headers.get('x-slipway-arm'), version: response.headers.get('x-slipway-version') };
}

/** Asks as so many callers, each with a key of its own, and says who got which version. */
async function askAsMany(address: string): Promise<(string | null)[]> {
  const versions: (string | null)[] = [];
  for (let caller = 0; caller < callers; caller++)
    versions.push((await ask(address, { 'x-user': `caller-${caller}` })).version);
  return versions;
}

const openEndpoints = (page: Page) =>
  page
    .getByRole('navigation', { name: 'Areas' })
    .getByRole('link', { name: /Endpoints/ })
    .click();
const dismiss = (page: Page) =>
  page
    .getByRole('region', { name: 'Notifications' })
    .getByRole('button', { name: 'Dismiss' })
    .first()
    .click();
const count = (versions: readonly (string | null)[], version: string): number =>
  versions.filter((each) => each === version).length;

test('a route over two versions is built, called, changed, stopped and taken back', async ({ page }) => {
  const address = await sampleWithEndpoints(page);
  await openEndpoints(page);
  await page.getByRole('button', { name: 'New route' }).first().click();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('fashion-mnist-split');
  await expect(page.getByRole('slider', { name: 'Share of Version 1' })).toHaveValue('90');
  await page.getByRole('button', { name: 'Change the sticky key' }).click();
  await page.getByRole('checkbox', { name: 'Keep callers with their arm, by' }).check();
  await page.getByRole('button', { name: 'Create route' }).click();
  await expect(page.getByRole('heading', { name: 'fashion-mnist-split', exact: true })).toBeVisible();
  await dismiss(page);

  // 90 to 10, sticky: the same callers get the same version again
  const first = await askAsMany(address);
  const [ones, threes] = [count(first, '1'), count(first, '3')];
  expect(ones + threes).toBe(callers);
  expect(threes).toBeGreaterThan(callers * 0.03);
  expect(threes).toBeLessThan(callers * 0.2);
  expect((await ask(address, { 'x-user': 'caller-7' })).version).toBe(first[7]);
  const arms = page.getByRole('table', { name: 'Arms' });
  const requestsOf = (version: number) =>
    arms
      .getByRole('row', { name: `Version ${version}` })
      .getByRole('cell')
      .nth(1);
  await expect
    .poll(async () => Number(await requestsOf(1).textContent()) + Number(await requestsOf(3).textContent()))
    .toBe(callers + 1);
  await expect(page.getByText(/The split is kept/)).toBeVisible();

  // a larger share moves callers to it, and none away from it
  await page.getByRole('textbox', { name: 'Share of Version 3, in per cent' }).fill('40');
  await expect(page.getByRole('region', { name: 'What the changes would do' })).toContainText(
    /30\s% of all requests would get another arm than now/,
  );
  await page.getByRole('button', { name: 'Dry run' }).click();
  const dryRun = page.getByRole('dialog', { name: 'Dry run of fashion-mnist-split' });
  await expect(dryRun).toContainText(`of ${callers + 1} requests would get another arm`);
  const told = Number(
    /^(\d+) of /.exec((await dryRun.getByText(/requests would get another arm/).textContent()) ?? '')?.[1],
  );
  await dryRun.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('region', { name: 'What the changes would do' })).toHaveCount(0);
  await dismiss(page);
  const second = await askAsMany(address);
  first.forEach((version, caller) => {
    if (version === '3') expect(second[caller]).toBe('3');
  });
  const movedCallers = second.filter((version, caller) => version !== first[caller]).length;
  expect(movedCallers + (second[7] === first[7] ? 0 : 1)).toBe(told); // caller 7 asked twice

  // stopped, an arm gets nothing; its callers come back with it
  await page.getByRole('button', { name: 'Stop Version 3' }).click();
  await expect(arms.getByRole('row', { name: 'Version 3' }).getByRole('status')).toHaveText('Stopped');
  await expect.poll(async () => (await ask(address, { 'x-user': 'caller-0' })).arm).toBe('v1');
  for (const [caller, version] of second.entries())
    if (version === '3') expect((await ask(address, { 'x-user': `caller-${caller}` })).version).toBe('1');
  const undo = page
    .locator('header', { has: page.getByRole('heading', { name: 'fashion-mnist-split', exact: true }) })
    .getByRole('button', { name: 'Undo' });
  await undo.click();
  await expect(arms.getByRole('row', { name: 'Version 3' }).getByRole('status')).toHaveText('Available');
  await undo.click();
  await expect(page.getByRole('textbox', { name: 'Share of Version 3, in per cent' })).toHaveValue('10');
  expect((await ask(address, { 'x-user': 'caller-7' })).version).toBe(first[7]);
});

test('a route is asked in the Playground, which says who answered and why, and takes what one thinks of it', async ({
  app,
  page,
}) => {
  await sampleWithEndpoints(page);
  await page.evaluate(async () => {
    const arm = (version: number) => ({
      id: `v${version}`,
      model: 'fashion-mnist',
      version,
      label: null,
      isStopped: false,
    });
    const test = { from: 'header', name: 'x-team', test: 'is', values: ['qa'] };
    await Reflect.get(window, 'bridge').call['routes.save']({
      replaces: null,
      route: {
        name: 'fashion-mnist-split',
        arms: [arm(1), arm(3)],
        rules: [{ id: 'testers', name: 'Testers', when: [test], split: [{ arm: 'v3', weight: 100 }] }],
        split: [{ arm: 'v1', weight: 100 }],
        stickyBy: null,
        fallback: ['v1'],
        overflow: null,
        shadow: null,
      },
    });
  });
  // among the models, marked as a route
  const row = page.getByRole('row', { name: 'Route fashion-mnist-split' });
  await row.click();
  await expect(page.getByRole('heading', { name: 'fashion-mnist-split', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Try fashion-mnist-split' }).click();
  await app.drop([samplePicture('bag')], page.getByRole('main'));
  await expect(page.getByText('Arm v1, by the split for everyone else')).toBeVisible();
  await page.getByRole('textbox', { name: 'x-team' }).fill('qa');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText('Arm v3, by the audience Testers')).toBeVisible();
  await expect(page.getByText('Answer of version 3')).toBeVisible();
  await page.getByRole('button', { name: 'Right' }).click();
  await expect(page.getByRole('button', { name: 'Right' })).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: 'Open route' }).click();
  await expect(
    page.getByRole('table', { name: 'Arms' }).getByRole('row', { name: 'Version 3' }),
  ).toContainText('1 of 1');
});
