import { expect, test } from '../support/electron-app';

test('how a model is run is set in its tab, loads it anew, and is kept', async ({ launch }) => {
  const first = await launch();
  const { page } = first;
  await page.getByRole('button', { name: 'Try a sample model' }).click();
  await page.getByRole('tab', { name: 'Running' }).click();
  await expect(page.getByText('Version 3 has 1 process.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Processes' }).fill('2');
  await page
    .getByRole('radiogroup', { name: 'Another version may answer' })
    .getByRole('radio', { name: 'On' })
    .click();
  await expect(page.getByText('Version 3 is loaded anew. Requests for it wait meanwhile.')).toBeVisible();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('Version 3 has 2 processes.')).toBeVisible();
  await first.close();

  const second = await launch();
  await second.page.getByRole('tab', { name: 'Running' }).click();
  await expect(second.page.getByText('Version 3 has 2 processes.')).toBeVisible();
  await expect(
    second.page
      .getByRole('radiogroup', { name: 'Another version may answer' })
      .getByRole('radio', { name: 'On' }),
  ).toBeChecked();
});
