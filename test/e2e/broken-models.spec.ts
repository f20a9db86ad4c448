import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, inRepo, test } from '../support/electron-app';

const sample = inRepo('app', 'resources', 'samples', 'models', 'fashion-mnist');

const versionRow = (page: Page, model: string) => page.getByRole('row', { name: `${model} version 1` });

/** A folder of models: one that works, and three that cannot. */
async function makeModels(folder: string): Promise<void> {
  const whole = await readFile(join(sample, '3', 'model.onnx'));
  const broken: Record<string, string | Uint8Array> = {
    truncated: whole.subarray(0, Math.floor(whole.length / 2)),
    pointer: `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 399699\n`,
    prose: 'This is a text that somebody named model.onnx.\n',
  };
  for (const [name, content] of Object.entries(broken)) {
    await mkdir(join(folder, name, '1'), { recursive: true });
    await writeFile(join(folder, name, '1', 'model.onnx'), content);
  }
  await cp(join(sample, '2'), join(folder, 'good', '1'), { recursive: true });
}

test('broken models end as failed rows with a plain reason; the others go on answering', async ({
  app,
  page,
  profile,
}) => {
  const folder = join(profile, 'models');
  await makeModels(folder);
  await app.drop([folder]);
  const sheet = page.getByRole('dialog', { name: 'Add models' });
  await sheet.getByRole('button', { name: /^Add 4 models/ }).click();
  await expect(sheet).toHaveCount(0);

  const reasons: Record<string, RegExp> = {
    truncated: /incomplete|cut off|truncated/i,
    pointer: /Git LFS/,
    prose: /not an? ONNX|text/i,
  };
  for (const [name, reason] of Object.entries(reasons)) {
    await page.getByRole('table', { name: 'Models' }).getByRole('row', { name, exact: true }).click();
    await expect(versionRow(page, name).getByRole('status')).toHaveText('Failed');
    await expect(page.getByRole('table', { name: `Versions of ${name}` })).toContainText(reason);
  }

  await page.getByRole('table', { name: 'Models' }).getByRole('row', { name: 'good', exact: true }).click();
  await expect(versionRow(page, 'good').getByRole('status')).toHaveText('Available');
  await page.getByRole('button', { name: 'Try good' }).click();
  await app.drop([inRepo('app/resources/samples/pictures/bag.png')], page.getByRole('main'));
  await expect(page.getByRole('heading', { name: 'Bag' })).toBeVisible();
});

test('a folder that is no model is refused on screen with a reason and a next step', async ({
  app,
  page,
  profile,
}) => {
  const folder = join(profile, 'weights');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'notes.md'), 'no model here');
  await app.drop([folder]);
  const sheet = page.getByRole('dialog', { name: 'Add models' });
  await expect(sheet).toContainText('weights');
  await expect(sheet.getByRole('button', { name: /^Add \d/ })).toHaveCount(0);
});

test('a killed runner shows as failed, harms nothing else, and comes back by itself', async ({
  app,
  page,
}) => {
  await page.getByRole('button', { name: 'Try a sample model' }).click();
  const rows = page.getByRole('table', { name: 'Versions of fashion-mnist' });
  const status = (version: number) =>
    rows.getByRole('row', { name: `fashion-mnist version ${version}` }).getByRole('status');
  await page.getByRole('button', { name: 'Load fashion-mnist version 2' }).click();
  await expect(status(2)).toHaveText('Available');
  await expect(status(3)).toHaveText('Available');
  const victim = await app.electron.evaluate(
    ({ app: electronApp }) =>
      electronApp.getAppMetrics().find((it) => it.name === 'slipway fashion-mnist 3')?.pid,
  );
  expect(victim).toBeGreaterThan(0);
  await page.evaluate(() => {
    const seen: string[] = [];
    Reflect.set(window, 'seen', seen);
    Reflect.get(window, 'bridge').feed['models.changed'](
      (change: { changed: { versions: { version: number; lifecycle: string }[] }[] }) => {
        for (const model of change.changed)
          for (const it of model.versions) seen.push(`${it.version} ${it.lifecycle}`);
      },
    );
  });
  process.kill(victim ?? 0, 'SIGKILL');
  await expect.poll(() => page.evaluate(() => Reflect.get(window, 'seen'))).toContain('3 failed');
  await expect(status(3)).toHaveText('Available');
  expect(await page.evaluate(() => Reflect.get(window, 'seen'))).not.toContain('2 failed');
});
