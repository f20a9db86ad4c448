import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { dump, load } from 'npyjs';
import { expect, inRepo, type RunningApp, test } from '../support/electron-app';

const sample = (name: string): string => inRepo('app', 'resources', 'samples', 'pictures', `${name}.png`);
/** Versions 1 and 3 say the same of the first two, and clearly different things of the others. */
const same = ['bag', 'trouser'];
const different = ['pullover-2', 'shirt', 'sneaker-2'];

async function pictures(folder: string, names: readonly string[], copies: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let copy = 0; copy < copies; copy++)
    await Promise.all(
      names.map((name) =>
        copyFile(sample(name), join(folder, `${String(copy).padStart(4, '0')}-${name}.png`)),
      ),
    );
}

/** The sample model with all of its versions loaded, tried in the Playground. */
async function openPlayground(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try a sample model' }).click();
  const state = (version: number) =>
    page.getByRole('row', { name: `fashion-mnist version ${version}` }).getByRole('status');
  await expect(state(3)).toHaveText('Available');
  await page.getByRole('radiogroup', { name: 'Version policy' }).getByRole('radio', { name: 'All' }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  for (const version of [1, 2]) await expect(state(version)).toHaveText('Available');
  await page.getByRole('button', { name: 'Try fashion-mnist' }).click();
}

/** Drops the folder on the Playground and starts what is offered, with versions 1, 2 and 3. */
async function startBatch(app: RunningApp, folder: string, title: string): Promise<void> {
  const { page } = app;
  await app.drop([folder], page.getByRole('main'));
  const sheet = page.getByRole('dialog', { name: title });
  for (const version of [1, 2]) await sheet.getByRole('checkbox', { name: `Version ${version}` }).check();
  await expect(sheet.getByRole('checkbox', { name: 'Version 3' })).toBeChecked();
  await sheet.getByRole('button', { name: 'Start batch' }).click();
}

const answerQuestion = (app: RunningApp, response: number) =>
  app.electron.evaluate(({ dialog }, chosen) => {
    dialog.showMessageBox = () => Promise.resolve({ response: chosen, checkboxChecked: false });
  }, response);

test('a folder becomes a batch: results, disagreements, one of them in Compare, a file', async ({
  app,
  page,
  profile,
}) => {
  const folder = join(profile, 'wardrobe');
  await pictures(folder, [...same, ...different], 40);
  await writeFile(join(folder, '9999-broken.png'), 'no picture');
  await openPlayground(page);
  await startBatch(app, folder, 'Classify 201 pictures as a batch');

  await test.step('it runs to its end and says what it answered', async () => {
    await expect(page.getByRole('option', { name: /Batch: wardrobe.*Finished/ })).toBeVisible();
    await expect(page.getByRole('tab', { name: 'Results' })).toHaveAttribute('aria-selected', 'true');
    const results = page.getByRole('table', { name: 'Results of Batch: wardrobe' });
    await expect(results.getByRole('row', { name: '0000-bag.png' })).toContainText('Same');
    await expect(results.getByRole('row', { name: '0000-shirt.png' })).toContainText('Different');
    await expect(results).toHaveAttribute('aria-rowcount', '202');
  });

  await test.step('the pictures are shown, in the table and as a gallery', async () => {
    const drawn = page.getByRole('row', { name: '0000-bag.png' }).locator('img');
    await expect
      .poll(() => drawn.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Gallery' }).click();
    await expect(page.getByRole('option', { name: /^0000-bag\.png.*Version 1 Bag/ })).toBeVisible();
    await page.getByRole('button', { name: 'Table' }).click();
  });

  await test.step('a picture that cannot be read is among the failed, with its reason', async () => {
    await page.getByRole('button', { name: 'Failed 1' }).click();
    await expect(page.getByRole('row', { name: '9999-broken.png' })).toContainText('Not a picture');
  });

  await test.step('where versions 1 and 3 differ is found', async () => {
    await page.getByRole('button', { name: /^Differ \d+$/ }).click();
    await page.getByRole('combobox', { name: 'Between which versions' }).click();
    await page.getByRole('option', { name: '1 and 3' }).click();
    await expect(page.getByText('120 pictures')).toBeVisible();
    await expect(page.getByRole('row', { name: '0000-bag.png' })).toHaveCount(0);
  });

  await test.step('one of them opens in Compare, with those two versions', async () => {
    const row = page.getByRole('row', { name: '0000-shirt.png' });
    await row.click();
    await row.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'Compare' })).toBeVisible();
    const comparison = page.getByRole('table', { name: 'Comparison of fashion-mnist' });
    await expect(comparison.getByRole('row', { name: /0000-shirt\.png/ })).toContainText('All differ');
    await expect(comparison.getByRole('columnheader', { name: /Version 2/ })).toHaveCount(0);
    const file = join(profile, 'compared.csv');
    await app.electron.evaluate(({ session }, path) => {
      session.defaultSession.on('will-download', (_event, item) => item.setSavePath(path)); // in place of the dialog
    }, file);
    await page.getByRole('button', { name: 'Export' }).click();
    await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toContain('0000-shirt.png');
    await page.keyboard.press('Control+4');
  });

  await test.step('all of them go into a file', async () => {
    const file = join(profile, 'answers.csv');
    await app.electron.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, file);
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    await expect(page.getByText('answers.csv is written')).toBeVisible();
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(1 + 201 * 3);
    expect(lines[1]).toMatch(/^0000-bag\.png,fashion-mnist,1,Bag,/);
  });
});

test('a file of tensors becomes a batch, and its answers a file', async ({ app, page, profile }) => {
  const input = join(profile, 'rows.npy');
  const rows = Float32Array.from({ length: 64 * 28 * 28 }, (_, index) => (index % 255) / 255);
  await writeFile(input, new Uint8Array(dump(rows, [64, 1, 28, 28])));
  await openPlayground(page);
  await app.drop([input], page.getByRole('main'));
  const sheet = page.getByRole('dialog', { name: 'New batch' });
  await expect(sheet.getByText('rows.npy, NumPy array (.npy)')).toBeVisible();
  await sheet.getByRole('combobox', { name: 'Answers as' }).click();
  await page.getByRole('option', { name: 'NumPy array (.npy)' }).click();
  await sheet.getByRole('button', { name: 'Start batch' }).click();
  await expect(page.getByRole('option', { name: /Batch: rows.*Finished/ })).toBeVisible();

  const filePath = join(profile, 'logits.npy');
  await app.electron.evaluate(({ dialog }, path) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: path });
  }, filePath);
  await page.getByRole('button', { name: 'Export' }).click();
  await expect(page.getByText('logits.npy is written')).toBeVisible();
  expect((await load(await readFile(filePath))).shape).toEqual([64, 10]);
});

test('a folder of models that is dropped where pictures go is added as models', async ({ app, page }) => {
  await openPlayground(page);
  await app.drop([inRepo('app/resources/samples/models/fashion-mnist')], page.getByRole('main'));
  await expect(page.getByRole('heading', { level: 1, name: 'Models' })).toBeVisible();
  await expect(page.getByRole('row', { name: 'fashion-mnist-2', exact: true })).toBeVisible();
});

test('a batch shows how far it is everywhere, and goes on after the app was killed', async ({
  launch,
  profile,
}) => {
  test.setTimeout(180_000);
  const folder = join(profile, 'many');
  await pictures(folder, [...same, ...different], 900);
  const first = await launch();
  await openPlayground(first.page);
  await first.electron.evaluate(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0];
    const told: number[] = [];
    Reflect.set(globalThis, 'progressTold', told);
    if (window) window.setProgressBar = (value) => void told.push(value);
  });
  await startBatch(first, folder, 'Classify 4,500 pictures as a batch');

  const progress = first.page.getByRole('progressbar', { name: 'Progress of Batch: many' });
  await expect(progress).toBeVisible();
  // all in one look: it does not wait
  const look = () =>
    progress.evaluate((bar) => ({
      done: Number(bar.getAttribute('aria-valuenow')),
      rail: document.querySelector('[href="#jobs"]')?.textContent ?? '',
      status: document.querySelector('[aria-label="Status"]')?.textContent ?? '',
      log: document.querySelector('[role="log"]')?.textContent ?? '',
    }));
  let seen = await look();
  await expect
    .poll(
      async () => {
        seen = await look();
        return seen.done > 100 && seen.log.includes('pictures found');
      },
      { timeout: 30_000, intervals: [20] },
    )
    .toBe(true);
  const told = await first.electron.evaluate(() => Reflect.get(globalThis, 'progressTold') as number[]);
  process.kill(first.pid, 'SIGKILL');
  await expect.poll(() => first.page.isClosed()).toBe(true);
  expect(seen.rail).toContain('1 running');
  expect(seen.status).toMatch(/Batch: many\d+\s%/);
  expect(seen.log).toContain('4,500 pictures found');
  expect(told.some((value) => value > 0 && value < 1)).toBe(true);

  const { page } = await launch();
  await page.keyboard.press('Control+4');
  await page.getByRole('option', { name: /Batch: many/ }).click();
  await expect(page.getByRole('option', { name: /Batch: many.*Finished.*4,500 pictures/ })).toBeVisible({
    timeout: 120_000,
  });
  await page.getByRole('tab', { name: 'Log' }).click();
  const log = page.getByRole('log', { name: 'Log' });
  await expect(log).toContainText('finished: 4,500');
  const goesOn = /goes on after ([\d,]+) that were finished before/.exec((await log.textContent()) ?? '');
  expect(Number(goesOn?.[1]?.replaceAll(',', ''))).toBeGreaterThanOrEqual(seen.done);
});

test('a process that is told to end asks nobody, whatever runs', async ({ launch, profile }) => {
  const folder = join(profile, 'many');
  await pictures(folder, same, 2_000);
  const app = await launch();
  await openPlayground(app.page);
  await startBatch(app, folder, 'Classify 4,000 pictures as a batch');
  await expect(app.page.getByRole('link', { name: /Jobs/ })).toContainText('1 running');
  const ended = app.electron.waitForEvent('close');
  process.kill(app.pid, 'SIGTERM');
  await ended;
});

test('closing with a job running asks: stay, stop and quit, or go on in the background', async ({
  launch,
  profile,
}) => {
  test.setTimeout(180_000);
  const folder = join(profile, 'many');
  await pictures(folder, same, 2_500);
  const first = await launch();
  await openPlayground(first.page);
  await answerQuestion(first, 2);
  await startBatch(first, folder, 'Classify 5,000 pictures as a batch');
  await first.page.getByRole('button', { name: 'Pause' }).click();
  await expect(first.page.getByRole('option', { name: /Paused/ })).toBeVisible();
  await first.page.getByRole('button', { name: 'Go on' }).click();
  const isVisible = (app: RunningApp) =>
    app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
  const closeWindow = (app: RunningApp) =>
    app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());

  await test.step('Cancel leaves the window as it is', async () => {
    await closeWindow(first);
    await expect(first.page.getByRole('option', { name: /Running/ })).toBeVisible();
    expect(await isVisible(first)).toBe(true);
  });
  await test.step('Stop jobs and quit ends the app', async () => {
    const ended = first.electron.waitForEvent('close');
    await answerQuestion(first, 1);
    await closeWindow(first);
    await ended;
  });
  await test.step('the next start goes on, in the background the app ends with its last job', async () => {
    const second = await launch();
    await answerQuestion(second, 0);
    await expect(second.page.getByRole('link', { name: /Jobs/ })).toContainText('1 running');
    const ended = second.electron.waitForEvent('close', { timeout: 120_000 });
    await closeWindow(second);
    await expect.poll(() => isVisible(second).catch(() => false)).toBe(false);
    await ended;
  });
  const third = await launch();
  await third.page.keyboard.press('Control+4');
  await expect(third.page.getByRole('option', { name: /Finished.*5,000 pictures/ })).toBeVisible();
});
