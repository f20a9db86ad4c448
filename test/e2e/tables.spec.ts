import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/electron-app';

const vectors = {
  1: 'cat,1,0.1\ndog,0.9,0.2\n',
  2: 'cat,1,0.1\ndog,0.9,0.2\nshark,0,1\n',
};

test('a dropped lookup table is asked by key, and leads from row to row', async ({ app, page }, info) => {
  const animals = join(info.outputPath('models'), 'animals');
  for (const [version, text] of Object.entries(vectors)) {
    mkdirSync(join(animals, version), { recursive: true });
    writeFileSync(join(animals, version, 'table.csv'), text);
  }
  await app.drop([animals]);
  await expect(page.getByRole('row', { name: 'animals version 2' }).getByRole('status')).toHaveText(
    'Available',
  );
  await page.getByRole('tab', { name: 'Signature' }).click();
  await expect(page.getByText('3 rows of 2 values')).toBeVisible();

  await page.getByRole('button', { name: 'Try animals' }).click();
  const keys = page.getByRole('textbox', { name: 'Keys' });
  await keys.fill('dog\ncow');
  await page.keyboard.press('ControlOrMeta+Enter');
  const rows = page.getByRole('table', { name: 'Rows of version 2' });
  await expect(rows.getByRole('row', { name: 'dog' })).toContainText('0.9  0.2');
  await expect(page.getByText('1 key is not in the table')).toBeVisible();
  const nearest = page.getByRole('list', { name: 'Nearest to dog' });
  await expect(nearest.getByRole('listitem').first()).toContainText('0.993');

  await nearest.getByRole('button', { name: 'Look up shark as well' }).click();
  await expect(page.getByRole('list', { name: 'Nearest to shark' })).toBeVisible();
  await expect(rows.getByRole('row', { name: 'shark' })).toHaveAttribute('aria-selected', 'true');
});
