import { mkdirSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, inRepo, type RunningApp, test } from '../support/electron-app';

const images = inRepo('docs', 'images');
const themes = ['light', 'dark'] as const;
const sizes = [
  { suffix: '', width: 1280, height: 800 },
  { suffix: '-900x600', width: 900, height: 600 },
] as const;
const pictures = ['coat', 'bag', 'sneaker-2', 'shirt', 'dress', 'pullover-2', 'trouser', 'sandal'].map(
  (name) => inRepo('app', 'resources', 'samples', 'pictures', `${name}.png`),
);

const goTo = (page: Page, area: string) =>
  page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: area }).click();

const resize = (app: RunningApp, { width, height }: { readonly width: number; readonly height: number }) =>
  app.electron.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  );

/** One picture for each theme and size, as the page stands; the window is large again afterwards. */
async function shoot(app: RunningApp, name: string): Promise<void> {
  mkdirSync(images, { recursive: true });
  for (const size of sizes) {
    await resize(app, size);
    for (const theme of themes) {
      await app.page.evaluate(
        (wanted) => Reflect.get(window, 'bridge').call['settings.set']({ theme: wanted }),
        theme,
      );
      await expect(app.page.locator('html')).toHaveCSS('color-scheme', theme);
      await app.page.screenshot({
        path: `${images}/${name}-${theme}${size.suffix}.png`,
        animations: 'disabled',
      });
    }
  }
  await resize(app, sizes[0]);
}

/** In the home folder, so that the pictures show a path like a person's. */
let home: string;
test.beforeAll(async () => {
  home = await mkdtemp(join(homedir(), 'slipway-'));
  await cp(inRepo('app', 'resources', 'samples', 'models'), home, { recursive: true });
});
test.afterAll(() => rm(home, { recursive: true, force: true }));

test('the pictures of the docs', async ({ app, page }) => {
  const model = join(home, 'fashion-mnist');
  await expect(page.getByRole('heading', { name: 'No models yet' })).toBeVisible();
  await shoot(app, 'first-launch');

  await app.drop([model]);
  const state = (version: number) =>
    page.getByRole('row', { name: `fashion-mnist version ${version}` }).getByRole('status');
  await expect(state(3)).toHaveText('Available');
  await page.getByRole('button', { name: 'Load fashion-mnist version 1' }).click();
  await expect(state(1)).toHaveText('Available');
  await page.getByRole('radiogroup', { name: 'Version policy' }).getByRole('radio', { name: 'All' }).click();
  await expect(page.getByText(/Version 2 will load/)).toBeVisible();
  await page
    .getByRole('region', { name: 'Notifications' })
    .getByRole('button', { name: 'Dismiss' })
    .first()
    .click();
  await shoot(app, 'models');

  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Try fashion-mnist' }).click();
  await app.drop(pictures, page.getByRole('main'));
  await expect(page.getByRole('option', { name: /sandal\.png/ })).toContainText('%');
  await page
    .getByRole('option', { name: /shirt\.png/ })
    .first()
    .click();
  await shoot(app, 'playground');

  await goTo(page, 'Models');
  await page.getByRole('button', { name: 'Compare fashion-mnist with…' }).click();
  await app.drop(pictures, page.getByRole('main'));
  const comparison = page.getByRole('table', { name: 'Comparison of fashion-mnist' });
  await expect(comparison.getByRole('row', { name: /sandal\.png/ })).toContainText(/agree|differ/);
  await comparison.getByRole('row', { name: /coat\.png/ }).click();
  await shoot(app, 'compare');

  await goTo(page, 'Settings');
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await shoot(app, 'settings');
});
