import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, inRepo, test } from '../support/electron-app';

const pictures = ['coat', 'bag', 'sneaker-2'].map((name) =>
  inRepo('app', 'resources', 'samples', 'pictures', `${name}.png`),
);

const state = (page: Page, version: number) =>
  page
    .getByRole('table', { name: 'Versions of fashion-mnist' })
    .getByRole('row', { name: `fashion-mnist version ${version}` })
    .getByRole('status');

const allVersions = (page: Page) =>
  page.getByRole('radiogroup', { name: 'Version policy' }).getByRole('radio', { name: 'All' });

const goTo = (page: Page, area: string) =>
  page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: area }).click();

test('first launch, sample, pictures, compare, policy, a new version, its end', async ({
  app,
  page,
  profile,
}) => {
  await test.step('three clicks from first launch to the first prediction', async () => {
    await expect(page.getByRole('heading', { name: 'No models yet' })).toBeVisible();
    await page.getByRole('button', { name: 'Try a sample model' }).click();
    await expect(state(page, 3)).toHaveText('Available');
    await page.getByRole('button', { name: 'Try fashion-mnist' }).click();
    await page.getByRole('button', { name: 'Run coat.png' }).click();
    await expect(page.getByRole('heading', { name: 'Coat' })).toBeVisible();
  });

  await test.step('dropped pictures are run, each kept as a recent run', async () => {
    await app.drop(pictures, page.getByRole('main'));
    await expect(page.getByRole('option', { name: /^Bag .* bag\.png fashion-mnist 3/ })).toBeVisible();
    await expect(
      page.getByRole('option', { name: /^Sneaker .* sneaker-2\.png fashion-mnist 3/ }),
    ).toBeVisible();
  });

  await test.step('versions 1 and 3 are compared on them', async () => {
    await goTo(page, 'Models');
    await page.getByRole('button', { name: 'Load fashion-mnist version 1' }).click();
    await expect(state(page, 1)).toHaveText('Available');
    await page.getByRole('button', { name: 'Compare fashion-mnist with…' }).click();
    const comparison = page.getByRole('table', { name: 'Comparison of fashion-mnist' });
    await expect(comparison.getByRole('columnheader', { name: /Version 3/ })).toBeVisible();
    await expect(comparison.getByRole('columnheader', { name: /Version 1/ })).toBeVisible();
    await app.drop(pictures, page.getByRole('main'));
    await expect(comparison.getByRole('row', { name: /coat\.png/ })).toContainText('All differ');
    await expect(comparison.getByRole('row', { name: /bag\.png/ })).toContainText('All agree');
    await page.getByRole('button', { name: /^All differ/ }).click();
    await expect(comparison.getByRole('row', { name: /bag\.png/ })).toHaveCount(0);
    await expect(comparison.getByRole('row', { name: /coat\.png/ })).toBeVisible();
  });

  await test.step('the policy goes from latest 1 to all, with a preview first', async () => {
    await goTo(page, 'Models');
    await allVersions(page).click();
    await expect(page.getByText(/Version 2 will load/)).toBeVisible();
    await expect(state(page, 2)).not.toHaveText('Available');
    await page.getByRole('button', { name: 'Apply' }).click();
    for (const version of [1, 2, 3]) await expect(state(page, version)).toHaveText('Available');
  });

  const folder = join(profile, 'engine', 'samples', 'fashion-mnist');
  await test.step('a version 4 that is copied in becomes available by itself, in its place', async () => {
    await cp(join(folder, '2'), join(folder, '4'), { recursive: true });
    await expect(state(page, 4)).toHaveText('Available');
    const rows = page.getByRole('table', { name: 'Versions of fashion-mnist' }).getByRole('row', {
      name: /^fashion-mnist version/,
    });
    await expect(rows.getByRole('rowheader')).toHaveText([/^4/, /^3/, /^2/, /^1/]);
  });

  await test.step('its folder is deleted: it unloads, the others stay', async () => {
    await rm(join(folder, '4'), { recursive: true });
    await expect(page.getByRole('row', { name: 'fashion-mnist version 4' })).toHaveCount(0);
    await expect(page.getByRole('table', { name: /^Events/ })).toContainText('Unloaded');
    for (const version of [1, 2, 3]) await expect(state(page, version)).toHaveText('Available');
  });
});

test('what the person set survives a restart', async ({ launch }) => {
  const first = await launch();
  await first.page.getByRole('button', { name: 'Try a sample model' }).click();
  await expect(state(first.page, 3)).toHaveText('Available');
  await allVersions(first.page).click();
  await first.page.getByRole('button', { name: 'Apply' }).click();
  await expect(state(first.page, 1)).toHaveText('Available');
  await first.close();

  const second = await launch();
  for (const version of [1, 2, 3]) await expect(state(second.page, version)).toHaveText('Available');
  await expect(allVersions(second.page)).toBeChecked();
});

test('the last good version stays when its model folder vanishes', async ({ app, page, profile }) => {
  const folder = join(profile, 'mine', 'shoes');
  await mkdir(folder, { recursive: true });
  await cp(inRepo('app/resources/samples/models/fashion-mnist/2'), join(folder, '1'), { recursive: true });
  await app.drop([folder]);
  const row = page.getByRole('row', { name: 'shoes version 1' });
  await expect(row.getByRole('status')).toHaveText('Available');
  await rename(folder, `${folder}-away`);
  await expect(page.getByRole('row', { name: 'shoes', exact: true })).toBeVisible();
  await expect(page.getByText(/folder is gone|cannot be found|is missing/i).first()).toBeVisible();
  await expect(row.getByRole('status')).toHaveText('Available');
});

test('a policy half chosen stays when the window becomes narrow and wide again', async ({ app, page }) => {
  const resize = (width: number) =>
    app.electron.evaluate(
      ({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setContentSize(to, 700),
      width,
    );
  await page.getByRole('button', { name: 'Try a sample model' }).click();
  await expect(state(page, 3)).toHaveText('Available');
  await allVersions(page).click();
  for (const width of [900, 1280]) {
    await resize(width);
    await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(width);
    await expect(allVersions(page)).toBeChecked();
  }
});
