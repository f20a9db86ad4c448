import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sidecarSchema } from '../../../main/platforms/onnx/runner/sidecar';
import { platforms } from '../../../main/platforms/registry';

const repoRoot = resolve(import.meta.dirname, '../../..');
const read = (name: string): string => readFileSync(join(repoRoot, 'docs', name), 'utf8');

describe('docs/models.md', () => {
  test('its slipway.json is one', () => {
    const [, example = ''] = /```json\n([\s\S]*?)```/.exec(read('models.md')) ?? [];
    const { preprocessing, labels } = sidecarSchema.parse(JSON.parse(example));
    expect(Object.keys(preprocessing ?? {})).toEqual(['channels', 'resize', 'values', 'output']);
    expect(labels).toEqual(['cat', 'dog']);
  });

  test('names every platform', () => {
    for (const { name } of platforms) expect(read('models.md')).toContain(`| \`${name}\` |`);
  });
});

test.each(['models.md', 'extending.md'])('every file that docs/%s names is there', (name) => {
  const paths = read(name).match(/\b(main|app|test)\/[\w./-]+\.(ts|json)\b/g) ?? [];
  expect(paths.length).toBeGreaterThan(0);
  expect(paths.filter((path) => !existsSync(join(repoRoot, path)))).toEqual([]);
});
