import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Preprocessing } from '../../../../app/contract/inference';
import {
  keepInSidecar,
  readSidecar,
  sidecarJsonSchema,
} from '../../../../main/platforms/onnx/runner/sidecar';
import { temporaryFolder } from '../../../support/temp-folder';

const folder = temporaryFolder();
const preprocessing: Preprocessing = {
  width: 32,
  height: 32,
  layout: 'nchw',
  channels: 'rgb',
  resize: { kind: 'squash' },
  values: { scale: 1, mean: [0], std: [1] },
  output: 'logits',
};

describe('slipway.json', () => {
  test('keeps settings beside what else it says, and nothing else in the folder', () => {
    folder.write('slipway.json', JSON.stringify({ labels: ['a'] }));
    expect(keepInSidecar(folder.path, { preprocessing })).toBe(true);
    expect(readSidecar(folder.path)).toEqual({ kind: 'read', sidecar: { labels: ['a'], preprocessing } });
    expect(keepInSidecar(folder.path, { preprocessing: null })).toBe(true);
    expect(readSidecar(folder.path)).toEqual({ kind: 'read', sidecar: { labels: ['a'] } });
    expect(readdirSync(folder.path)).toEqual(['slipway.json']);
  });

  test('keeps the names of classes, and takes them out again', () => {
    expect(keepInSidecar(folder.path, { preprocessing, labels: ['a', 'b'] })).toBe(true);
    expect(readSidecar(folder.path)).toMatchObject({ sidecar: { labels: ['a', 'b'], preprocessing } });
    expect(keepInSidecar(folder.path, { labels: null })).toBe(true);
    expect(readSidecar(folder.path)).toEqual({ kind: 'read', sidecar: { preprocessing } });
  });

  test('is gone when there is nothing left to keep', () => {
    keepInSidecar(folder.path, { preprocessing });
    keepInSidecar(folder.path, { preprocessing: null });
    expect(existsSync(join(folder.path, 'slipway.json'))).toBe(false);
    expect(keepInSidecar(folder.path, { preprocessing: null })).toBe(true);
  });

  test.each([
    ['not JSON', '{', 'not JSON'],
    ['an unknown setting', '{"preprocesing": {}}', 'preprocesing'],
    ['a value out of bounds', '{"preprocessing": {"values": {"scale": 1, "mean": [0], "std": [0]}}}', 'std'],
    ['no labels in the list', '{"labels": []}', 'labels'],
  ])('with %s is invalid, and says where', (_what, text, part) => {
    folder.write('slipway.json', text);
    const read = readSidecar(folder.path);
    expect(read.kind === 'invalid' && read.detail).toContain(part);
  });

  test('that is a folder is invalid, and nothing can be kept', () => {
    mkdirSync(join(folder.path, 'slipway.json'));
    expect(readSidecar(folder.path).kind).toBe('invalid');
    expect(keepInSidecar(folder.path, { preprocessing })).toBe(false);
  });

  test('an invalid one is not overwritten in silence: what a person wrote is set aside', () => {
    folder.write('slipway.json', '{"labels": ["mine"], "typo": 1}');
    expect(keepInSidecar(folder.path, { preprocessing })).toBe(true);
    expect(readFileSync(join(folder.path, 'slipway.invalid.json'), 'utf8')).toContain('typo');
    expect(readSidecar(folder.path)).toMatchObject({ kind: 'read', sidecar: { preprocessing } });
  });
});

test('the JSON Schema that ships says what is read', () => {
  const shipped = resolve(import.meta.dirname, '../../../../app/resources/slipway.schema.json');
  expect(JSON.parse(readFileSync(shipped, 'utf8'))).toEqual(JSON.parse(JSON.stringify(sidecarJsonSchema())));
});
