import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findLabels, fitLabels } from '../../../../main/platforms/onnx/runner/find-labels';
import { parseLabels } from '../../../../main/platforms/onnx/runner/labels';

describe('forms of label files', () => {
  const two = ['tench, Tinca tinca', 'goldfish'];
  test.each<[string, string, readonly string[]]>([
    ['a name a line, commas and all', 'tench, Tinca tinca\ngoldfish\n', two],
    ['without a last newline', 'tench, Tinca tinca\ngoldfish', two],
    ['lines of Windows', 'tench, Tinca tinca\r\ngoldfish\r\n', two],
    ['a byte order mark', '\uFEFFtench, Tinca tinca\ngoldfish\n', two],
    ['WordNet ids', 'n01440764 tench, Tinca tinca\nn01443537 goldfish\n', two],
    ['index, comma, name', '0,tench, Tinca tinca\n1,goldfish\n', two],
    ['index, blank, name, as Teachable Machine writes', '0 tench, Tinca tinca\n1 goldfish\n', two],
    ['index, colon, name', '0: tench, Tinca tinca\n1: goldfish\n', two],
    ['indices in any order', '1 goldfish\n0 tench, Tinca tinca\n', two],
    ['a table with a heading', 'index,name\n0,"tench, Tinca tinca"\n1,goldfish\n', two],
    [
      'TorchServe’s index_to_name.json',
      '{"0": ["n01440764", "tench, Tinca tinca"], "1": ["n01443537", "goldfish"]}',
      two,
    ],
    ['JSON by index', '{"0": "tench, Tinca tinca", "1": "goldfish"}', two],
    ['JSON by name', '{"tench, Tinca tinca": 0, "goldfish": 1}', two],
    ['a JSON list', '["tench, Tinca tinca", "goldfish"]', two],
    ['a JSON list under a usual key', '{"version": 1, "labels": ["tench, Tinca tinca", "goldfish"]}', two],
    ['a Python dict', "{0: 'tench, Tinca tinca',\n 1: 'goldfish'}", two],
    ['a Python dict with quotes of both kinds', '{0: "tench, Tinca tinca", 1: \'goldfish\'}', two],
    ['a Python list', "['tench, Tinca tinca', 'goldfish']", two],
    ['escapes of Python', String.raw`{0: 'it\'s', 1: 'goldfish'}`, ["it's", 'goldfish']],
    ['names that are numbers', '0\n1\n2\n', ['0', '1', '2']],
    ['names that begin with a number, not counting up', '7 up\n3 musketeers\n', ['7 up', '3 musketeers']],
    ['an empty line keeps its place', 'cat\n\ndog\n', ['cat', '', 'dog']],
    ['a hole in the indices', '{"0": "cat", "2": "dog"}', ['cat', '', 'dog']],
  ])('%s', (_form, text, labels) => {
    expect(parseLabels(text)).toEqual(labels);
  });

  test.each([
    ['nothing', ''],
    ['only blanks', ' \n '],
    ['JSON that is no list of names', '{"epochs": [1, 2]}'],
    ['a broken dict', "{0: 'tench"],
    ['indices far apart', '{"0": "cat", "190000": "dog"}'],
    ['binary', 'a\0b'],
  ])('%s is none', (_what, text) => {
    expect(parseLabels(text)).toBeUndefined();
  });
});

describe('where labels are looked for', () => {
  let model = '';
  let version = '';
  beforeEach(() => {
    model = mkdtempSync(join(tmpdir(), 'labels-'));
    version = join(model, '3');
    mkdirSync(version);
  });
  afterEach(() => rmSync(model, { recursive: true }));

  test('the version’s folder wins over metadata, metadata over the model’s folder', () => {
    writeFileSync(join(model, 'labels.txt'), 'of the model\n');
    expect(findLabels(version, {}).labels).toEqual(['of the model']);
    expect(findLabels(version, { labels: '["of metadata"]' }).labels).toEqual(['of metadata']);
    writeFileSync(join(version, 'Labels.txt'), 'of the version\n');
    expect(findLabels(version, { labels: '["of metadata"]' })).toMatchObject({
      labels: ['of the version'],
      note: { certainty: 'certain', reason: 'labelsFile', params: { count: '1', file: 'Labels.txt' } },
    });
  });

  test('the folder around a version that has no number is somebody else’s', () => {
    writeFileSync(join(model, 'labels.txt'), 'not ours\n');
    const lone = join(model, 'download');
    mkdirSync(lone);
    expect(findLabels(lone, {})).toMatchObject({ labels: null, note: { reason: 'labelsNone' } });
  });

  test.each([
    ['labels', '["cat", "dog"]'],
    ['names', "{0: 'cat', 1: 'dog'}"],
    ['class_names', '["cat", "dog"]'],
    ['class_labels', 'cat,dog'],
    ['class_labels', 'cat\ndog'],
  ])('metadata under %s: %s', (key, text) => {
    expect(findLabels(version, { [key]: text })).toMatchObject({
      labels: ['cat', 'dog'],
      note: { reason: 'labelsMetadata', params: { key } },
    });
  });

  test('Hugging Face’s config.json gives names, but not its placeholders', () => {
    writeFileSync(join(version, 'config.json'), JSON.stringify({ id2label: { 0: 'LABEL_0', 1: 'LABEL_1' } }));
    expect(findLabels(version, {}).labels).toBeNull();
    writeFileSync(join(version, 'config.json'), JSON.stringify({ id2label: { 0: 'cat', 1: 'dog' } }));
    expect(findLabels(version, {})).toMatchObject({
      labels: ['cat', 'dog'],
      note: { reason: 'labelsHuggingFace' },
    });
  });

  test('a label file that cannot be read is told, and the next source is asked', () => {
    writeFileSync(join(version, 'labels.json'), '{"epochs": []}');
    expect(findLabels(version, { labels: '["cat"]' })).toMatchObject({
      labels: ['cat'],
      warnings: [{ reason: 'warnLabelsUnreadable', params: { file: 'labels.json' } }],
    });
  });
});

describe('labels of another number than classes', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `name ${index}`);
  const named = (labels: readonly string[] | null, classes: number) =>
    fitLabels({ labels, source: 'labels.txt' }, classes);

  test('1001 classes of 1000 names have a background at 0', () => {
    const { labels, warnings } = named(names(1000), 1001);
    expect([labels.length, labels[0], labels[1]]).toEqual([1001, 'background', 'name 0']);
    expect(warnings).toMatchObject([{ reason: 'warnLabelsBackground' }]);
  });

  test('1001 names that begin with background, for 1000 classes, lose it', () => {
    expect(named(['background', ...names(1000)], 1000).labels[0]).toBe('name 0');
  });

  test('any other difference is told and nothing is shifted', () => {
    expect(named(names(11), 10)).toMatchObject({
      labels: names(11),
      warnings: [{ reason: 'warnLabelsTooMany' }],
    });
    expect(named(names(10), 11)).toMatchObject({
      labels: names(10),
      warnings: [{ reason: 'warnLabelsTooFew' }],
    });
  });

  test('none at all is told', () => {
    expect(named(null, 10)).toMatchObject({ labels: [], warnings: [{ reason: 'warnLabelsMissing' }] });
  });
});
