import { readFileSync } from 'node:fs';
import { expectAccessible } from '../support/accessible';
import { expect, inRepo, test } from '../support/electron-app';

const bag = readFileSync(inRepo('app/resources/samples/pictures/bag.png'));

test('a request of a program is looked at, and its picture opened in the playground', async ({ page }) => {
  await page.getByRole('button', { name: 'Try a sample model' }).click();
  await expect(page.getByRole('row', { name: 'fashion-mnist version 3' }).getByRole('status')).toHaveText(
    'Available',
  );
  await page
    .getByRole('navigation', { name: 'Areas' })
    .getByRole('link', { name: /Endpoints/ })
    .click();
  await page.getByRole('button', { name: 'Turn on' }).click();
  const address = await page.getByText(/^http:\/\/127\.0\.0\.1:\d+$/).textContent();
  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, type: string) =>
    fetch(`${address}/v1/models/fashion-mnist${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
  expect((await post(':predict', '{"instances":[1]}', 'application/json')).status).toBe(400);
  expect((await post(':classify?top=2', bag, 'image/png')).status).toBe(200);

  const requests = page.getByRole('table', { name: 'Requests' });
  await expect(requests.getByText('400')).toBeVisible();
  const byModel = page.getByRole('table', { name: 'By model' });
  await expect(byModel.getByRole('row', { name: /^fashion-mnist .* 1 2$/ })).toBeVisible(); // one of the two failed
  await requests.getByRole('button', { name: '/v1/models/fashion-mnist:classify' }).click();
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await expect(inspector.getByText('POST /v1/models/fashion-mnist:classify')).toBeVisible();
  await expect(inspector.getByRole('figure', { name: /Run .* ms/ })).toBeVisible();
  await expect(inspector.getByRole('region', { name: 'Answer' })).toContainText('"label":"Bag"');
  await page.getByRole('region', { name: 'Notifications' }).getByRole('button', { name: 'Dismiss' }).click();
  for (const theme of ['light', 'dark'] as const) {
    await page.evaluate(
      (wanted) => Reflect.get(window, 'bridge').call['settings.set']({ theme: wanted }),
      theme,
    );
    await expect(page.locator('html')).toHaveCSS('color-scheme', theme);
    await expectAccessible(page, `a request in the ${theme} theme`);
  }
  await inspector.getByRole('button', { name: 'Open in Playground' }).click();
  await expect(page.getByRole('heading', { name: 'Playground' })).toBeVisible();
  await expect(page.getByText('Bag').first()).toBeVisible();
});
