import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectAccessible } from '../support/accessible';
import { expect, inRepo, test } from '../support/electron-app';

const areas = ['Models', 'Playground', 'Compare', 'Jobs', 'Endpoints', 'Settings'] as const;

for (const theme of ['light', 'dark'] as const) {
  test(`every area is accessible in the ${theme} theme`, async ({ app, page }) => {
    await page.evaluate(
      (wanted) => Reflect.get(window, 'bridge').call['settings.set']({ theme: wanted }),
      theme,
    );
    await expect(page.locator('html')).toHaveCSS('color-scheme', theme);
    await expectAccessible(page, 'first launch');
    await page.getByRole('button', { name: 'Try a sample model' }).click();
    await expect(page.getByRole('row', { name: 'fashion-mnist version 3' }).getByRole('status')).toHaveText(
      'Available',
    );
    await page.getByRole('tab', { name: 'Running' }).click();
    await page.getByRole('radiogroup', { name: 'Batching' }).getByRole('radio', { name: 'Own' }).click();
    await expectAccessible(page, 'Running');
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('radio', { name: 'On demand' }).click();
    await expect(page.getByRole('combobox', { name: 'Unload when unused for' })).toBeVisible();
    await page.getByRole('row', { name: 'fashion-mnist version 3' }).focus();
    await page.keyboard.press('p');
    await page.keyboard.press('u');
    await expect(page.getByText('loads when asked')).toBeVisible();
    await expectAccessible(page, 'a model that is loaded on demand');
    await page.getByRole('button', { name: 'Try fashion-mnist' }).click();
    await expect(page.getByText('Version 3 is loaded by its first request')).toBeVisible();
    await expectAccessible(page, 'a version that its first request loads');
    await app.drop([inRepo('app/resources/samples/pictures/bag.png')], page.getByRole('main'));
    await expect(page.getByRole('heading', { name: 'Bag' })).toBeVisible();
    for (const [button, title] of [
      ['Find the right preprocessing', 'Find the right preprocessing of fashion-mnist version 3'],
      ['Name the classes', 'Name the classes of fashion-mnist version 3'],
    ] as const) {
      await page.getByRole('button', { name: button }).click();
      const dialog = page.getByRole('dialog', { name: title });
      await expect(dialog).toBeVisible();
      await expectAccessible(page, title);
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await expect(dialog).toHaveCount(0);
    }
    for (const area of areas) {
      await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: area }).click();
      await expect(page.getByRole('heading', { level: 1, name: area })).toBeVisible();
      await expectAccessible(page, area);
    }
  });
}

for (const theme of ['light', 'dark'] as const) {
  test(`a batch and its results are accessible in the ${theme} theme`, async ({ app, page }) => {
    await page.evaluate(
      (wanted) => Reflect.get(window, 'bridge').call['settings.set']({ theme: wanted }),
      theme,
    );
    await page.getByRole('button', { name: 'Try a sample model' }).click();
    await expect(page.getByRole('row', { name: 'fashion-mnist version 3' }).getByRole('status')).toHaveText(
      'Available',
    );
    await page.getByRole('button', { name: 'Try fashion-mnist' }).click();
    await app.drop([inRepo('app/resources/samples/pictures')], page.getByRole('main'));
    const sheet = page.getByRole('dialog', { name: 'Classify 12 pictures as a batch' });
    await expect(sheet).toBeVisible();
    await expect(sheet).toHaveCSS('opacity', '1'); // it has come in
    await expectAccessible(page, 'new batch');
    await sheet.getByRole('button', { name: 'Start batch' }).click();
    await expect(page.getByRole('row', { name: 'coat.png' })).toContainText('%');
    await expectAccessible(page, 'results as a table');
    await page.getByRole('button', { name: 'Gallery' }).click();
    await expect(page.getByRole('option', { name: /^coat\.png/ })).toBeVisible();
    await expectAccessible(page, 'results as a gallery');
    for (const tab of ['Log', 'Parameters'] as const) {
      await page.getByRole('tab', { name: tab }).click();
      await expect(page.getByRole('tabpanel', { name: tab })).toBeVisible();
      await expectAccessible(page, tab);
    }
  });
}

for (const theme of ['light', 'dark'] as const) {
  test(`a route being built, at work and tried is accessible in the ${theme} theme`, async ({
    app,
    page,
  }) => {
    await page.evaluate(
      (wanted) => Reflect.get(window, 'bridge').call['settings.set']({ theme: wanted }),
      theme,
    );
    await page.getByRole('button', { name: 'Try a sample model' }).click();
    await expect(page.getByRole('row', { name: 'fashion-mnist version 3' }).getByRole('status')).toHaveText(
      'Available',
    );
    await page
      .getByRole('navigation', { name: 'Areas' })
      .getByRole('link', { name: /Endpoints/ })
      .click();
    await expectAccessible(page, 'no routes');
    await page.getByRole('button', { name: 'New route' }).first().click();
    await page.getByRole('button', { name: 'Change the sticky key' }).click();
    await page.getByRole('button', { name: 'Change the fallback order' }).click();
    await page.getByRole('button', { name: 'Add audience' }).click();
    await expect(page.getByText(/It cannot be applied yet/)).toBeVisible();
    await expectAccessible(page, 'a route being built');
    await page.getByRole('button', { name: 'Add arm' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add arm' });
    await expect(dialog).toHaveCSS('opacity', '1');
    await expectAccessible(page, 'a new arm');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('textbox', { name: 'Name, condition 1' }).fill('x-team');
    await page.getByRole('textbox', { name: 'Values, condition 1' }).fill('qa');
    await page.getByRole('button', { name: 'Create route' }).click();

    await page.getByRole('button', { name: 'Try fashion-mnist-split' }).click();
    await app.drop([inRepo('app/resources/samples/pictures/bag.png')], page.getByRole('main'));
    await expect(page.getByRole('group', { name: 'Was it right?' })).toBeVisible();
    await expectAccessible(page, 'a route in the Playground');
    await page.getByRole('button', { name: 'Open route' }).click();
    await expect(page.getByRole('img', { name: /At most .* requests a second/ })).toBeVisible();
    await expectAccessible(page, 'a route at work');
    await page.getByRole('button', { name: 'Show as table' }).click();
    await expect(page.getByRole('table', { name: 'Requests a second by arm' })).toBeVisible();
    await expectAccessible(page, 'its requests as a table');
    for (const tab of ['Call it', 'Requests'] as const) {
      await page.getByRole('tab', { name: tab }).click();
      await expect(page.getByRole('tabpanel', { name: tab })).toBeVisible();
      await expectAccessible(page, tab);
    }
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Models' }).click();
    await expect(page.getByRole('row', { name: 'Route fashion-mnist-split' })).toBeVisible();
    await expectAccessible(page, 'a route among the models');
  });
}

for (const theme of ['light', 'dark'] as const) {
  test(`a lookup table and its rows are accessible in the ${theme} theme`, async ({ app, page }, info) => {
    await page.evaluate(
      (wanted) => Reflect.get(window, 'bridge').call['settings.set']({ theme: wanted }),
      theme,
    );
    const animals = join(info.outputPath('models'), 'animals');
    mkdirSync(join(animals, '1'), { recursive: true });
    writeFileSync(join(animals, '1', 'table.csv'), 'cat,1,0.1\ndog,0.9,0.2\nshark,0,1\n');
    await app.drop([animals]);
    await expect(page.getByRole('row', { name: 'animals version 1' }).getByRole('status')).toHaveText(
      'Available',
    );
    await page.getByRole('button', { name: 'Try animals' }).click();
    await expect(page.getByText('3 rows of 2 values')).toBeVisible();
    await expectAccessible(page, 'no keys');
    await page.getByRole('textbox', { name: 'Keys' }).fill('cat\ncow');
    await page.getByRole('button', { name: 'Look up', exact: true }).click();
    await expect(page.getByRole('list', { name: 'Nearest to cat' })).toBeVisible();
    await expectAccessible(page, 'rows, a missing key and neighbours');
  });
}

test('the first prediction can be reached by keyboard alone', async ({ page }) => {
  await expect(page.getByRole('heading', { name: 'No models yet' })).toBeVisible();
  const press = async (name: string): Promise<void> => {
    const target = page.getByRole('button', { name, exact: true });
    await expect(target).toBeVisible();
    for (let step = 0; step < 80; step++) {
      if (await target.evaluate((element) => element === document.activeElement)) break;
      await page.keyboard.press('Tab');
    }
    await expect(target).toBeFocused();
    await page.keyboard.press('Enter');
  };
  await press('Try a sample model');
  await expect(page.getByRole('row', { name: 'fashion-mnist version 3' }).getByRole('status')).toHaveText(
    'Available',
  );
  await press('Try fashion-mnist');
  await press('Run dress.png');
  await expect(page.getByRole('heading', { name: 'Dress' })).toBeVisible();
});

test('the palette opens by keyboard, finds a command, runs it and gives the focus back', async ({ page }) => {
  await expect(page.getByRole('heading', { name: 'No models yet' })).toBeVisible();
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Commands' });
  await palette.getByRole('combobox', { name: 'Type a command' }).fill('settings');
  await page.keyboard.press('Enter');
  await expect(palette).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await expect(palette).toHaveCount(0);
});
