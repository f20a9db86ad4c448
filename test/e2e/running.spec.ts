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

test('a message that stays does not cover the button that applies a change', async ({ app, page }) => {
  await app.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setContentSize(900, 600),
  );
  await page.getByRole('button', { name: 'Try a sample model' }).click();
  await page.getByRole('tab', { name: 'Running' }).click();
  await expect(page.getByText('Version 3 has 1 process.')).toBeVisible();
  const processes = page.getByRole('textbox', { name: 'Processes' });
  await processes.fill('2');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('Version 3 has 2 processes.')).toBeVisible();
  await expect(
    page.getByRole('region', { name: 'Notifications' }).getByRole('button', { name: 'Undo' }).last(),
  ).toBeVisible();
  await processes.fill('1');
  await page.getByRole('button', { name: 'Apply' }).click({ timeout: 5_000 });
  await expect(page.getByText('Version 3 has 1 process.')).toBeVisible();
});

test('what runs a model is chosen among what the computer has, and a fall back to cpu is told', async ({
  launch,
}) => {
  const { page } = await launch();
  await page.getByRole('button', { name: 'Try a sample model' }).click();
  await page.getByRole('tab', { name: 'Running' }).click();
  await expect(page.getByText('Version 3 runs on cpu.')).toBeVisible();
  await page.getByRole('combobox', { name: 'Runs on' }).click();
  await page.getByRole('option', { name: 'webgpu' }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  // with a graphics card that suits it, or without one
  const outcome = page.getByText(/Version 3 runs on (webgpu, in a trial|cpu: webgpu cannot run it)/);
  await expect(outcome).toBeVisible({ timeout: 30_000 });
  if ((await outcome.innerText()).includes('cannot')) {
    await page.getByRole('tab', { name: 'Signature' }).click();
    await expect(page.getByText(/^It was to be run by webgpu, which/)).toBeVisible();
  }
});
