import type { Page } from '@playwright/test';
import { expect, test } from '../support/electron-app';

const row = (page: Page, version: number) =>
  page.getByRole('row', { name: `fashion-mnist version ${version}`, exact: true });

test('a model is loaded on demand: asked, pinned, unloaded, asked again, and so after a restart', async ({
  launch,
}) => {
  const first = await launch();
  const { page } = first;
  await page.getByRole('button', { name: 'Try a sample model' }).click();
  await expect(row(page, 3).getByRole('status')).toHaveText('Available');

  await page
    .getByRole('radiogroup', { name: 'When versions are loaded' })
    .getByRole('radio', { name: 'On demand' })
    .click();
  await expect(page.getByText('fashion-mnist is loaded on demand')).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Unload when unused for' })).toBeVisible();
  await expect(row(page, 3).getByRole('status')).toHaveText('Available');

  await row(page, 3).focus();
  await page.keyboard.press('p');
  await expect(row(page, 3).getByText('Pinned: it stays in memory once it is loaded')).toBeAttached();
  await page.keyboard.press('u');
  await expect(row(page, 3).getByRole('status')).toHaveText('Unloaded');
  await expect(row(page, 3)).toContainText('loads when asked');

  await page.getByRole('button', { name: 'Try fashion-mnist' }).click();
  await expect(page.getByRole('heading', { name: 'Version 3 is loaded by its first request' })).toBeVisible();
  await page.getByRole('button', { name: /^Run / }).first().click();
  await expect(page.getByText('Answer of version 3')).toBeVisible();
  await first.close();

  const second = await launch();
  await second.page.getByRole('link', { name: 'Models' }).click();
  await expect(row(second.page, 3).getByRole('status')).toHaveText('On disk');
  await expect(row(second.page, 3)).toContainText('loads on first request');
  await expect(row(second.page, 3).getByText('Pinned: it stays in memory once it is loaded')).toBeAttached();
});
