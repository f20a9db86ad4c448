import { expect, test } from 'vitest';
import type { Description } from '../../../../app/contract/inference';
import type { Column } from '../../../../renderer/features/compare/columns';
import { whyNot } from '../../../../renderer/features/compare/compatibility';

const described: Readonly<Record<string, Partial<Description>>> = {
  digits: { classCount: 10, labelsDigest: 'aa' },
  'digits-copy': { classCount: 10, labelsDigest: 'aa' },
  fashion: { classCount: 10, labelsDigest: 'bb' },
  nameless: { classCount: 10 },
};
const of = ({ model, version }: Column): Description | undefined =>
  ({ notClassifier: null, ...(version === 2 ? { classCount: 10, labelsDigest: 'cc' } : described[model]) }) as
    | Description
    | undefined;
const one = (model: string, version = 1): Column => ({ model, version });

test('another model with as many classes but other names cannot join', () => {
  expect(whyNot(one('fashion'), [one('digits')], of)).toEqual({ kind: 'otherLabels' });
});

test('another model with the same names can', () => {
  expect(whyNot(one('digits-copy'), [one('digits')], of)).toBeNull();
});

test('names that are not known keep nobody out', () => {
  expect(whyNot(one('nameless'), [one('digits')], of)).toBeNull();
  expect(whyNot(one('digits'), [one('nameless')], of)).toBeNull();
});

test('a later version of the same model may name its classes otherwise', () => {
  expect(whyNot(one('digits', 2), [one('digits')], of)).toBeNull();
});
