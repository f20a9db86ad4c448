import { describe, expect, test } from 'vitest';
import type { Offer } from '../../../../../app/contract/models';
import {
  type AddDrafts,
  draftsOf,
  nameProblem,
  wishesOf,
} from '../../../../../renderer/features/add/add-draft';

const offer: Offer = {
  ticket: 't',
  items: [
    { kind: 'model', id: 'a', source: 'digits', name: 'digits', versions: [1], sizeBytes: 1 },
    {
      kind: 'version',
      id: 'b',
      source: 'new.onnx',
      name: 'new',
      sizeBytes: 1,
      targets: [{ model: 'flowers', nextVersion: 4 }],
    },
    { kind: 'version', id: 'c', source: 'lone.onnx', name: 'lone', sizeBytes: 1, targets: [] },
  ],
};
const change = (drafts: AddDrafts, id: string, part: object): AddDrafts => {
  const draft = drafts.get(id);
  return draft ? new Map(drafts).set(id, { ...draft, ...part }) : drafts;
};

describe('what is decided in the sheet', () => {
  test('starts with everything ticked, a lone version as the next one of the likeliest model', () => {
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
