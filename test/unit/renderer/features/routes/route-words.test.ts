import { describe, expect, test } from 'vitest';
import type { SplitCheck } from '../../../../../app/contract/route-figures';
import {
  attributeSourceSchema,
  type Condition,
  conditionSchema,
  routeProblemCodes,
} from '../../../../../app/contract/routes';
import { armLooks, lookOf, type Targets } from '../../../../../renderer/features/routes/arm-look';
import { problemsBeside, problemsUnder } from '../../../../../renderer/features/routes/problem-places';
import {
  attributeWords,
  conditionWords,
  decisionWords,
  tellingCheck,
} from '../../../../../renderer/features/routes/route-words';
import { seriesOf } from '../../../../../renderer/features/routes/series';
import { formatValues, parseValues } from '../../../../../renderer/features/routes/values-text';
import { createFormat } from '../../../../../renderer/format';
import { createTranslator } from '../../../../../renderer/messages/translator';
import { aModel, anAvailableVersion } from '../../../../support/sample-models';

const format = createFormat('en');
const { t, routeProblem } = createTranslator('en', format);
const condition = (more: Partial<Condition>): Condition => ({
  from: 'header',
  name: 'x-team',
  test: 'is',
  values: ['qa'],
  ...more,
});

describe('conditions in words', () => {
  test('name what is looked at, the test and any of its values', () => {
    expect(conditionWords(condition({}), { t, format })).toBe('header x-team is qa');
    expect(conditionWords(condition({ values: ['qa', 'beta'] }), { t, format })).toBe(
      'header x-team is qa or beta',
    );
    expect(conditionWords(condition({ from: 'token', name: '', test: 'startsWith' }), { t, format })).toBe(
      'name of the token starts with qa',
    );
    expect(conditionWords(condition({ test: 'isAbsent', values: [] }), { t, format })).toBe(
      'header x-team is not there',
    );
  });

  test('leave room for what is not filled in yet', () => {
    expect(conditionWords(condition({ name: '', values: [] }), { t, format })).toBe('header … is …');
  });

  test('every test and every place has its words', () => {
    for (const each of conditionSchema.shape.test.options)
      expect(conditionWords(condition({ test: each }), { t, format })).not.toBe('');
    for (const from of attributeSourceSchema.options)
      expect(attributeWords({ from, name: 'n' }, { t })).not.toBe('');
  });
});

describe('values of a condition as one line', () => {
  test.each([
    [['qa'], 'qa'],
    [['qa', 'beta'], 'qa, beta'],
    [['a, b', 'c'], '"a, b", c'],
    [['say "hi"'], '"say ""hi"""'],
    [[' padded '], '" padded "'],
    [[''], '""'],
    [[], ''],
  ])('%j is written %j and read back', (values, text) => {
    expect(formatValues(values)).toBe(text);
    expect(parseValues(text)).toEqual(values);
  });

  test('half a line is read as far as it goes, each value once', () => {
    expect(parseValues('qa, ')).toEqual(['qa']);
    expect(parseValues('qa,,qa , beta')).toEqual(['qa', 'beta']);
    expect(parseValues('"open')).toEqual(['"open']);
  });
});

describe('problems', () => {
  const at = (...place: (string | number)[]) => ({
    code: 'weightsSum' as const,
    severity: 'error' as const,
    place,
    params: {},
  });
  const all = [at('name'), at('rules', 0, 'split', 1, 'weight'), at('rules', 1), at('rules', 10)];

  test('are found under the part of the route that they are in', () => {
    expect(problemsUnder(all, 'rules', 0)).toEqual([all[1]]);
    expect(problemsUnder(all, 'rules', 1)).toEqual([all[2]]);
    expect(problemsUnder(all, 'rules')).toHaveLength(3);
  });

  test('that no field says are left for the card', () => {
    expect(problemsBeside(all, [['rules', 0, 'split'], ['name']])).toEqual([all[2], all[3]]);
  });

  test('each has a sentence, whatever fills it', () => {
    for (const code of routeProblemCodes) expect(routeProblem({ code, params: {} }), code).toMatch(/\.$/);
  });
});

describe('arms as people see them', () => {
  const models = new Map(
    [
      aModel('clothes', {
        versions: [anAvailableVersion(3), anAvailableVersion(1)],
        labels: [{ label: 'canary', version: 3, appliedVersion: 3, isPending: false }],
      }),
    ].map((model) => [model.name, model]),
  );
  const targets: Targets = { models, isRoute: (name) => name === 'inner' };
  const arm = (id: string, model: string, version: number | null, label: string | null = null) => ({
    id,
    model,
    version,
    label,
    isStopped: false,
  });

  test('of one model are named by version alone, in the colours of the versions', () => {
    const looks = armLooks([arm('v1', 'clothes', 1), arm('v3', 'clothes', 3)], targets, t);
    expect([...looks.values()].map(({ name }) => name)).toEqual(['Version 1', 'Version 3']);
    expect(looks.get('v3')?.style).toEqual({ '--c': 'var(--chart-3)' });
  });

  test('of several are named with their model, each in a colour of its own', () => {
    const looks = armLooks(
      [
        arm('a', 'clothes', 1),
        arm('b', 'shoes', 1),
        arm('c', 'inner', null),
        arm('d', 'clothes', null, 'canary'),
      ],
      targets,
      t,
    );
    expect([...looks.values()].map(({ name }) => name)).toEqual([
      'clothes version 1',
      'shoes version 1',
      'Route inner',
      'clothes label canary',
    ]);
    expect(new Set([...looks.values()].map(({ style }) => JSON.stringify(style))).size).toBe(4);
    expect(looks.get('d')?.version).toBe(3);
  });

  test('that lead to the same are told apart by their ids', () => {
    const looks = armLooks([arm('a', 'clothes', 1), arm('b', 'clothes', 1)], targets, t);
    expect([...looks.values()].map(({ name }) => name)).toEqual(['Version 1 (a)', 'Version 1 (b)']);
  });

  test('that are gone keep their id', () => {
    expect(lookOf(armLooks([], targets, t), 'old').name).toBe('old');
  });
});

describe('which check is told', () => {
  const check = (rule: string | null, arm: string, expected: number, isKept: boolean): SplitCheck => ({
    rule,
    arm,
    got: 1,
    of: 10,
    expected,
    low: 0,
    high: 1,
    isKept,
  });

  test('of everyone else, the arm that should get least', () => {
    const checks = [
      check('staff', 'v2', 0.01, true),
      check(null, 'v1', 0.9, true),
      check(null, 'v2', 0.1, true),
    ];
    expect(tellingCheck(checks)).toBe(checks[2]);
  });

  test('one that is not kept before any that is', () => {
    const checks = [check(null, 'v2', 0.1, true), check('staff', 'v2', 0.5, false)];
    expect(tellingCheck(checks)).toBe(checks[1]);
    expect(tellingCheck([])).toBeNull();
  });
});

test('a series has whole steps only, and no arm that never got anything', () => {
  const { arms, steps } = seriesOf({
    series: {
      fromMs: 1_000,
      stepMs: 10_000,
      arms: [
        { arm: 'v1', requests: [100, 50, 3] },
        { arm: 'v2', requests: [0, 0, 0] },
      ],
    },
  });
  expect(arms).toEqual(['v1']);
  expect(steps).toEqual([
    { fromMs: 1_000, toMs: 11_000, perSecond: [10] },
    { fromMs: 11_000, toMs: 21_000, perSecond: [5] },
  ]);
});

test('why an answer came from an arm is one sentence', () => {
  const rules = [{ id: 'staff', name: 'Staff' }];
  expect(decisionWords({ arm: 'v3', rule: null, reason: 'split' }, [], t)).toBe('Arm v3, by the split');
  expect(decisionWords({ arm: 'v3', rule: 'staff', reason: 'split' }, rules, t)).toBe(
    'Arm v3, by the audience Staff',
  );
  expect(decisionWords({ arm: 'v1', rule: 'staff', reason: 'fallback' }, rules, t)).toContain(
    'not available',
  );
  expect(decisionWords({ arm: 'v1', rule: null, reason: 'overflow' }, rules, t)).toContain('busy');
});
