import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../../support/built-cli';

const fashion = resolve(import.meta.dirname, '../../../app/resources/samples/models/fashion-mnist');

test('wrong usage is said, and a version that is not there', async () => {
  expect(await runCli(['autotune', `${fashion}/nowhere`])).toMatchObject({ code: 2 });
  expect(await runCli(['autotune', fashion, '--p95', 'soon'])).toMatchObject({ code: 2 });
  const missing = await runCli(['autotune', fashion, '--model-version', '9']);
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toMatch(/version 9/i);
}, 60_000);
