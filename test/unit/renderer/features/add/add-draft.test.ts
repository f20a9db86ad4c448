import { describe, expect, test } from 'vitest';
import type { Offer } from '../../../../../app/contract/models';
import {
  type AddDrafts,
  addWords,
  draftsOf,
  isAddable,
  memoryOf,
  nameProblem,
  wishesOf,
} from '../../../../../renderer/features/add/add-draft';
import { createFormat } from '../../../../../renderer/format';
import { createTranslator } from '../../../../../renderer/messages/translator';

const offer: Offer = {
  ticket: 't',
  items: [
    {
      kind: 'model',
      id: 'a',
      source: 'digits',
      name: 'digits',
      versions: [3, 2, 1],
      sizeBytes: 1,
      memoryBytes: [5, 4, 3],
    },
    {
      kind: 'version',
      id: 'b',
      source: 'new.onnx',
      name: 'new',
      sizeBytes: 1,
      memoryBytes: 6,
      targets: [
        { model: 'digits', nextVersion: 2, isLike: false },
        { model: 'flowers', nextVersion: 4, isLike: true },
      ],
    },
    {
      kind: 'version',
      id: 'c',
      source: 'lone.onnx',
      name: 'lone',
      sizeBytes: 1,
      memoryBytes: 7,
      targets: [],
    },
  ],
};
const change = (drafts: AddDrafts, id: string, part: object): AddDrafts => {
  const draft = drafts.get(id);
  return draft ? new Map(drafts).set(id, { ...draft, ...part }) : drafts;
};

test('the button says what is added', () => {
  const { t } = createTranslator('en', createFormat('en'));
  expect(addWords(0, 0, t)).toBe('Add models');
  expect(addWords(2, 0, t)).toBe('Add 2 models');
  expect(addWords(0, 1, t)).toBe('Add 1 version');
  expect(addWords(1, 2, t)).toBe('Add 1 model and 2 versions');
});

describe('what is decided in the sheet', () => {
  test('says what loading takes: of what is ticked, as much as is kept loaded', () => {
    const drafts = draftsOf(offer);
    const needs = (of: AddDrafts): number => memoryOf(offer.items.filter(isAddable), of);
    expect(needs(drafts)).toBe(5 + 6 + 7);
    expect(needs(change(drafts, 'a', { policy: 'latest2' }))).toBe(5 + 4 + 6 + 7);
    expect(needs(change(change(drafts, 'a', { policy: 'all' }), 'c', { isTicked: false }))).toBe(
      5 + 4 + 3 + 6,
    );
  });

  test('starts with everything ticked, a lone version as the next one of a model that is like it', () => {
    expect(wishesOf(draftsOf(offer)).map(({ choice }) => choice)).toEqual([
      { id: 'a', as: 'model', name: 'digits' },
      { id: 'b', as: 'nextVersion', model: 'flowers' },
      { id: 'c', as: 'model', name: 'lone' },
    ]);
  });

  test('asks only for what is ticked, under the name that was given', () => {
    let drafts = change(draftsOf(offer), 'a', { name: ' digits-2 ', policy: 'all' });
    drafts = change(change(drafts, 'b', { isTicked: false }), 'c', { isTicked: false });
    expect(wishesOf(drafts)).toEqual([
      { choice: { id: 'a', as: 'model', name: 'digits-2' }, policy: { kind: 'all' } },
    ]);
  });

  test.each([
    ['', 'adding.nameEmpty'],
    ['a/b', 'adding.nameBad'],
    ['flowers', 'adding.nameTaken'],
    ['lone', 'adding.nameTwice'],
    ['digits', null],
  ])('the name "%s" is %s', (name, problem) => {
    const drafts = change(draftsOf(offer), 'a', { name });
    expect(nameProblem('a', drafts, (other) => other === 'flowers')).toBe(problem);
  });

  test('a name that is not used is no problem', () => {
    expect(nameProblem('b', change(draftsOf(offer), 'b', { name: '' }), () => true)).toBeNull();
    const unticked = change(draftsOf(offer), 'a', { name: '', isTicked: false });
    expect(nameProblem('a', unticked, () => true)).toBeNull();
  });
});
