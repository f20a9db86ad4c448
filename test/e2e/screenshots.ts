import { mkdirSync, readFileSync } from 'node:fs';
import { cp, link, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
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

const wardrobePictures = pictures.map((path) => readFileSync(path));
const callers = 4;
const callEveryMs = 80;

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

/** A folder of the sample pictures, so many times over. */
async function wardrobe(name: string, copies: number): Promise<string> {
  const folder = join(home, name);
  await mkdir(folder);
  for (const picture of pictures) {
    const first = join(folder, `0000-${basename(picture)}`);
    await cp(picture, first);
    for (let copy = 1; copy < copies; copy++)
      await link(first, join(folder, `${String(copy).padStart(4, '0')}-${basename(picture)}`));
  }
  return folder;
}

/** Drops a folder on the Playground and starts what is offered, with versions 1 to 3. */
async function startBatch(app: RunningApp, folder: string): Promise<void> {
  const { page } = app;
  await goTo(page, 'Playground');
  await app.drop([folder], page.getByRole('main'));
  const sheet = page.getByRole('dialog', { name: /Classify .* as a batch/ });
  for (const version of [1, 2, 3]) await sheet.getByRole('checkbox', { name: `Version ${version}` }).check();
  await sheet.getByRole('button', { name: 'Start batch' }).click();
}

/** Programs that call a route, each with a key of its own, until they are stopped. */
function callRoute(address: string, route: string): { stop(): Promise<void> } {
  let isStopped = false;
  const caller = async (first: number): Promise<void> => {
    for (let count = first; !isStopped; count += callers) {
      const picture = wardrobePictures[count % wardrobePictures.length];
      await fetch(`${address}/v1/models/${route}:classify`, {
        method: 'POST',
        headers: {
          'content-type': 'image/png',
          'x-user': `user-${count % 997}`,
          ...(count % 60 === 0 ? { 'x-team': 'qa' } : {}),
        },
        body: picture ?? null,
      }).then((answer) => answer.arrayBuffer());
      await setTimeout(callEveryMs);
    }
  };
  const all = Promise.all(Array.from({ length: callers }, (_, first) => caller(first)));
  return {
    async stop() {
      isStopped = true;
      await all;
    },
  };
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

  await goTo(page, 'Models');
  await page.getByRole('radiogroup', { name: 'Version policy' }).getByRole('radio', { name: 'All' }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(state(2)).toHaveText('Available');
  const few = await wardrobe('catalogue-february', 40);
  const many = await wardrobe('catalogue-march', 2_500);
  await startBatch(app, few);
  const finished = page.getByRole('option', { name: /catalogue-february.*Finished/ });
  await expect(finished).toBeVisible();
  await startBatch(app, many);
  await startBatch(app, few);
  const running = page.getByRole('option', { name: /catalogue-march/ });
  await running.click();
  const progress = page.getByRole('progressbar', { name: 'Progress of Batch: catalogue-march' });
  await expect
    .poll(async () => Number(await progress.getAttribute('aria-valuenow')), { timeout: 60_000 })
    .toBeGreaterThan(8_000);
  await expect(running).toContainText(' left');
  await shoot(app, 'jobs');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(running).toContainText('Partial');

  await expect(finished).toHaveCount(2);
  await page
    .getByRole('region', { name: 'Notifications' })
    .getByRole('button', { name: 'Dismiss' })
    .first()
    .click();
  await finished.first().click();
  await page.getByRole('button', { name: /^Differ/ }).click();
  const results = page.getByRole('table', { name: 'Results of Batch: catalogue-february' });
  await expect(results.getByRole('row', { name: '0000-shirt.png' })).toContainText('%');
  await shoot(app, 'batch-results');
  await page.getByRole('button', { name: 'Gallery' }).click();
  await expect(page.getByRole('option', { name: /^0000-shirt\.png/ })).toBeVisible();
  const drawn = page.locator('img[src*="/batches/"]');
  const areAllDrawn = () =>
    drawn.evaluateAll((all) => all.every((each) => (each as HTMLImageElement).naturalWidth > 0));
  await expect.poll(areAllDrawn).toBe(true);
  await shoot(app, 'batch-gallery');

  await goTo(page, 'Settings');
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await shoot(app, 'settings');
});

test('the pictures of routes', async ({ app, page }) => {
  test.setTimeout(600_000); // a curve needs minutes of requests
  await app.drop([join(home, 'fashion-mnist')]);
  const state = (version: number) =>
    page.getByRole('row', { name: `fashion-mnist version ${version}` }).getByRole('status');
  await expect(state(3)).toHaveText('Available');
  await page.getByRole('radiogroup', { name: 'Version policy' }).getByRole('radio', { name: 'All' }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  for (const version of [1, 2]) await expect(state(version)).toHaveText('Available');
  const address: string = await page.evaluate(async () => {
    const reply = await Reflect.get(window, 'bridge').call['endpoints.set']({ isOn: true });
    return reply.value.rest.text;
  });
  /** Waits until so many requests were answered since the route was changed: enough for a curve. */
  const served = (least: number) =>
    expect
      .poll(
        async () => {
          const words = await page
            .getByText(/^[\d,]+ requests? since the route was last changed/)
            .textContent();
          return Number((/^[\d,]+/.exec(words ?? '')?.[0] ?? '0').replaceAll(',', ''));
        },
        { timeout: 240_000 },
      )
      .toBeGreaterThan(least);
  const dismiss = () =>
    page
      .getByRole('region', { name: 'Notifications' })
      .getByRole('button', { name: 'Dismiss' })
      .first()
      .click();
  await dismiss();

  await page.getByRole('button', { name: 'More actions for fashion-mnist', exact: true }).click();
  await page.getByRole('menuitem', { name: 'New route over fashion-mnist' }).click();
  await page.getByRole('button', { name: 'Change the sticky key' }).click();
  await page.getByRole('checkbox', { name: 'Keep callers with their arm, by' }).check();
  await page.getByRole('button', { name: 'Change the sticky key' }).click();
  await page.getByRole('button', { name: 'Add audience' }).click();
  await page.getByRole('textbox', { name: 'Name of the audience' }).fill('Testers');
  await page.getByRole('textbox', { name: 'Name, condition 1' }).fill('x-team');
  await page.getByRole('textbox', { name: 'Values, condition 1' }).fill('qa, beta');
  await expect(page.getByRole('region', { name: 'What the changes would do' })).toContainText(
    'Of everyone else',
  );
  await shoot(app, 'route-building');

  await page.getByRole('button', { name: 'Close audience Testers' }).click();
  await page.getByRole('button', { name: 'Add arm' }).click();
  await page.getByRole('dialog', { name: 'Add arm' }).getByRole('button', { name: 'Add arm' }).click();
  await page.getByRole('button', { name: 'More actions for everyone else' }).click();
  await page.getByRole('menuitem', { name: 'Take Version 1 out of the split' }).click();
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('menuitem', { name: 'Add shadow' }).click();
  await page.getByRole('textbox', { name: 'Share of requests that are copied, in per cent' }).fill('25');
  await page.getByRole('button', { name: 'Create route' }).click();
  await dismiss();
  const calling = callRoute(address, 'fashion-mnist-split');
  await served(3_500);
  await page.getByRole('textbox', { name: 'Share of Version 3, in per cent' }).fill('25');
  await page.getByRole('button', { name: 'Apply' }).click();
  await dismiss();
  await served(3_500);
  await expect(page.getByText(/The split is kept/)).toBeVisible();
  await shoot(app, 'route');
  await page.getByRole('link', { name: /This computer/ }).click();
  await expect(page.getByRole('table', { name: 'Requests' })).toBeVisible();
  await shoot(app, 'endpoints');
  await calling.stop();
});
