import { expect, test } from 'vitest';
import { guessesOf } from '../../../../renderer/features/preparation/guesses';
import { suggestClass } from '../../../../renderer/features/preparation/suggest-class';
import { createFormat } from '../../../../renderer/format';
import { createTranslator } from '../../../../renderer/messages/translator';
import { description, note } from '../playground/page-fixtures';

const { t } = createTranslator('en', createFormat('en'));
const ref = { model: 'm', version: 1 };
const certain = note('certain', 'sizeFixed');
const notes = {
  size: certain,
  layout: certain,
  channels: certain,
  resize: certain,
  values: certain,
  output: certain,
  labels: certain,
};
const guess = note('guess', 'valuesUnknown');

test('only what is a guess is asked, with what else is usual', () => {
  expect(guessesOf(description(ref, { notes }), t)).toEqual([]);
  expect(guessesOf(description(ref, { notes: { ...notes, values: guess } }), t)).toEqual([
    {
      part: 'values',
      words: 'ImageNet mean and deviation',
      note: guess,
      others: ['0 to 1', '−1 to 1', '0 to 255', 'Caffe mean (0 to 255 less mean)'],
    },
  ]);
  const [size, channels] = guessesOf(
    description(ref, { notes: { ...notes, size: guess, channels: guess } }),
    t,
  );
  expect(size?.others).toEqual(['256 × 256', '299 × 299', '384 × 384']);
  expect(channels?.others).toEqual(['Blue, green, red']);
});

test('a version that is no classifier is not asked about', () => {
  expect(guessesOf(description(ref, { preprocessing: null, notes: null }), t)).toEqual([]);
});

test.each([
  ['sneaker-1.png', 1],
  ['Ankle_Boot (2).JPG', 2],
  ['boot.png', null],
  ['IMG_0001.jpg', null],
  ['tinca tinca.jpg', 3],
  ['a.png', null],
])('the class in the name of the file %s is suggested', (file, index) => {
  expect(suggestClass(file, ['a', 'Sneaker', 'Ankle boot', 'tench, Tinca tinca'])).toBe(index);
});

test('of several classes in a name the longest counts', () => {
  expect(suggestClass('great white shark.jpg', ['shark', 'white shark', 'great'])).toBe(1);
});
