import { expect, inRepo, test } from '../support/electron-app';

const pictures = ['ankle-boot', 'bag', 'coat', 'dress', 'sandal', 'sneaker-1', 'trouser'].map((name) =>
  inRepo('app', 'resources', 'samples', 'pictures', `${name}.png`),
);

test('a wrong preprocessing is found out with labelled pictures, mended, and taken back', async ({
  app,
  page,
}) => {
  await page.getByRole('button', { name: 'Try a sample model' }).click();
  await expect(page.getByRole('row', { name: 'fashion-mnist version 3' }).getByRole('status')).toHaveText(
    'Available',
  );
  await page.getByRole('button', { name: 'Try fashion-mnist' }).click();
  await page.getByRole('button', { name: 'Change preprocessing' }).click();
  await page.getByRole('combobox', { name: 'Values' }).click();
  await page.getByRole('option', { name: '0 to 255' }).click();
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  await expect(page.getByText('0 to 255, as they are')).toBeVisible();

  await page.getByRole('button', { name: 'Find the right preprocessing' }).click();
  const dialog = page.getByRole('dialog', {
    name: 'Find the right preprocessing of fashion-mnist version 3',
  });
  await app.drop(pictures, dialog);
  await expect(dialog.getByText('7 of 7 labelled')).toBeVisible();
  await dialog.getByRole('button', { name: 'Try them' }).click();
  const first = dialog.getByRole('table', { name: 'What answered best' }).getByRole('row').nth(1);
  await expect(first).toContainText('Grey, 0 to 1');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText('0 to 1: v / 255')).toBeVisible();

  const undo = page.getByRole('button', { name: 'Undo' });
  await expect(undo).toHaveCount(1); // the one before is on its way out
  await undo.click();
  await expect(page.getByText('0 to 255, as they are')).toBeVisible();
});

test('classes are named in the page, and answers speak of them by these names', async ({ app, page }) => {
  await page.getByRole('button', { name: 'Try a sample model' }).click();
  await expect(page.getByRole('row', { name: 'fashion-mnist version 3' }).getByRole('status')).toHaveText(
    'Available',
  );
  await page.getByRole('button', { name: 'Try fashion-mnist' }).click();
  await page.getByRole('button', { name: 'Name the classes' }).click();
  const names = 'Hemd\nHose\nPullover\nKleid\nMantel\nSandale\nBluse\nTurnschuh\nTasche\nStiefel';
  await page.getByRole('textbox', { name: 'Names' }).fill(names);
  await expect(page.getByRole('row', { name: /Turnschuh/ })).toBeVisible();
  await page.getByRole('button', { name: 'Keep names' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await app.drop([pictures[1] ?? ''], page.getByRole('main'));
  await expect(page.getByRole('heading', { name: 'Tasche' })).toBeVisible();
});
