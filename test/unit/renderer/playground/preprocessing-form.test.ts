import { describe, expect, test } from 'vitest';
import type { Description, Preprocessing } from '../../../../app/contract/inference';
import {
  chooseChannels,
  choosePreset,
  freedomOf,
  isPartChanged,
  presetsFor,
  readDraft,
  toDraft,
} from '../../../../renderer/features/playground/preprocessing-form';
import { findPreset, presetValues } from '../../../../renderer/features/playground/value-presets';

const imagenet: Preprocessing = {
  width: 224,
  height: 224,
  layout: 'nchw',
  channels: 'rgb',
  resize: { kind: 'shortSideCrop', shortSide: 256 },
  values: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  output: 'logits',
};
const draft = toDraft(imagenet);
const kept = (from: typeof draft): Preprocessing | null => {
  const result = readDraft(from);
  return result.ok ? result.preprocessing : null;
};

describe('value presets', () => {
  test('are recognised however their numbers are written', () => {
    expect(findPreset({ scale: 1 / 127.5, mean: [1], std: [1] }, 'rgb')).toBe('signed');
    expect(findPreset({ scale: 1, mean: [0], std: [255] }, 'grey')).toBe('zeroOne');
    expect(findPreset({ scale: 1 / 255, mean: [0.1307], std: [0.3081] }, 'grey')).toBeNull();
  });

  test('hold their numbers in the order of the channels', () => {
    expect(presetValues('caffe', 'bgr')?.mean).toEqual([103.939, 116.779, 123.68]);
    expect(presetValues('imagenet', 'bgr')?.std).toEqual([0.225, 0.224, 0.229]);
    expect(findPreset({ scale: 1, mean: [123.68, 116.779, 103.939], std: [1] }, 'bgr')).toBeNull();
  });

  test("with three channels' means are not offered for grey", () => {
    expect(presetsFor('grey')).toEqual(['zeroOne', 'signed', 'bytes']);
  });
});

describe('a draft', () => {
  test('that is not changed keeps what it was made from', () => {
    expect(kept(draft)).toEqual(imagenet);
    expect(draft.preset).toBe('imagenet');
  });

  test('with custom numbers keeps them as they are', () => {
    const mnist: Preprocessing = {
      ...imagenet,
      channels: 'grey',
      values: { scale: 1 / 255, mean: [0.1307], std: [0.3081] },
    };
    expect(toDraft(mnist)).toMatchObject({ preset: 'custom', mean: ['0.1307'], std: ['0.3081'] });
    const values = kept(toDraft(mnist))?.values;
    expect(values?.scale).toBeCloseTo(1 / 255, 8);
    expect(values).toMatchObject({ mean: [0.1307], std: [0.3081] });
  });

  test('keeps the numbers of the preset that is chosen, exactly', () => {
    expect(kept(choosePreset(draft, 'signed'))?.values).toEqual({ scale: 1 / 255, mean: [0.5], std: [0.5] });
  });

  test('that becomes custom starts from the numbers that were there', () => {
    const custom = choosePreset(draft, 'custom');
    expect(custom).toMatchObject({ preset: 'custom', mean: ['0.485', '0.456', '0.406'] });
  });

  test('from RGB to BGR moves each number with its colour', () => {
    const custom = chooseChannels({ ...draft, preset: 'custom', mean: ['1', '2', '3'] }, 'bgr');
    expect(custom.mean).toEqual(['3', '2', '1']);
    expect(kept(chooseChannels(draft, 'bgr'))?.values.mean).toEqual([0.406, 0.456, 0.485]);
  });

  test('that becomes grey leaves a preset for three channels', () => {
    expect(chooseChannels(draft, 'grey')).toMatchObject({ preset: 'zeroOne', mean: ['0'], std: ['1'] });
  });
});

describe('what is wrong is said field by field', () => {
  const problemsOf = (change: Partial<typeof draft>) => {
    const result = readDraft({ ...draft, ...change });
    return result.ok ? {} : result.problems;
  };
  test.each([
    [{ width: '' }, { width: 'notPositiveInteger' }],
    [{ height: '22.5' }, { height: 'notPositiveInteger' }],
    [{ width: '9000', resize: 'squash' as const }, { width: 'tooLarge' }],
    [{ shortSide: '200' }, { shortSide: 'shortSideTooSmall' }],
    [{ preset: 'custom' as const, scale: 'x' }, { scale: 'notANumber' }],
    [{ preset: 'custom' as const, std: ['0', '1', '1'] }, { std: 'notPositive' }],
    [{ preset: 'custom' as const, mean: ['', '1', '1'] }, { mean: 'notANumber' }],
  ])('%j', (change, problems) => {
    expect(problemsOf(change)).toEqual(problems);
  });

  test('a short side that is not used is not judged', () => {
    expect(problemsOf({ resize: 'squash', shortSide: 'x' })).toEqual({});
  });

  test('a comma is read as a decimal point', () => {
    const result = kept({ ...draft, preset: 'custom', mean: ['0,5', '0,5', '0,5'] });
    expect(result?.values.mean).toEqual([0.5]);
  });
});

describe('what the signature leaves open', () => {
  const freedom = (shape: (number | string)[], layout: Preprocessing['layout']) =>
    freedomOf({ inputs: [{ name: 'x', dtype: 'float32', shape }] } as unknown as Description, {
      ...imagenet,
      layout,
    });
  test.each([
    [[1, 3, 224, 224], 'nchw', { isSizeFixed: true, layouts: ['nchw'], channels: ['rgb', 'bgr'] }],
    [['n', 3, 'h', 'w'], 'nchw', { isSizeFixed: false, layouts: ['nchw', 'nhwc'], channels: ['rgb', 'bgr'] }],
    [['n', 28, 28, 1], 'nhwc', { isSizeFixed: true, layouts: ['nhwc'], channels: ['grey'] }],
    [['n', 28, 28], 'hw', { isSizeFixed: true, layouts: ['hw'], channels: ['grey'] }],
    [[1, 784], 'flat', { isSizeFixed: true, layouts: ['flat'], channels: ['grey'] }],
    [[1, 3072], 'flat', { isSizeFixed: true, layouts: ['flat'], channels: ['rgb', 'bgr'] }],
  ] as const)('%j as %s', (shape, layout, expected) => {
    expect(freedom([...shape], layout)).toEqual(expected);
  });
});

test('a part is changed when it differs from what was inferred', () => {
  const now = { ...imagenet, channels: 'bgr' as const, resize: { kind: 'squash' as const } };
  expect(isPartChanged('channels', now, imagenet)).toBe(true);
  expect(isPartChanged('resize', now, imagenet)).toBe(true);
  expect(isPartChanged('size', now, imagenet)).toBe(false);
});
