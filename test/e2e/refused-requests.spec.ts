import { expect, test } from '../support/electron-app';

test('requests that make no sense are refused and harm no version', async ({ page }) => {
  await page.getByRole('button', { name: 'Try a sample model' }).click();
  const row = page.getByRole('row', { name: 'fashion-mnist version 3' });
  await expect(row.getByRole('status')).toHaveText('Available');
  const address: string = await page.evaluate(async () => {
    const reply = await Reflect.get(window, 'bridge').call['endpoints.set']({ isOn: true });
    return reply.value.rest.text;
  });
  const ask = async (body: string): Promise<number> =>
    (await fetch(`${address}/v1/models/fashion-mnist:predict`, { method: 'POST', body })).status;
  // the first asks the version what it takes; those after it are judged in the turn in which they come
  for (let round = 0; round < 3; round++)
    for (const body of ['{"instances": []}', '{', '{"instances": [1]}']) expect(await ask(body)).toBe(400);
  await expect(row.getByRole('status')).toHaveText('Available');
  await page.getByRole('tab', { name: 'Events' }).click();
  const events = page.getByRole('tabpanel', { name: 'Events' }).getByRole('table');
  await expect(events.getByRole('row', { name: 'Available' })).toHaveCount(1);
  await expect(events.getByRole('row', { name: 'Failed' })).toHaveCount(0);
});
