import { describe, expect, test } from 'vitest';
import {
  type Condition,
  conditionSchema,
  type NewRoute,
  type RouteDraft,
  type RouteProblem,
  routeDraftSchema,
} from '../../../app/contract/routes';
import type { Task } from '../../../main/traffic/task';
import { type KnownTargets, validateRoute } from '../../../main/traffic/validate-route';
import { aRoute, splitOf } from './a-route';

const picture = { name: 'x', dtype: 'float32', shape: ['N', 1, 28, 28] };
const classes = { name: 'y', dtype: 'float32', shape: ['N', 10] };
const classifier: Task = {
  isClassifier: true,
  classCount: 10,
  labelsDigest: 'fashion',
  inputs: [picture],
  outputs: [classes],
};

interface World {
  readonly tasks?: Readonly<Record<number, Task | null>>;
  readonly routes?: Readonly<Record<string, ReturnType<typeof aRoute>>>;
}

const worldOf = ({ tasks = {}, routes = {} }: World = {}): KnownTargets => ({
  model: (name) => (name === 'clothes' ? { versions: [1, 2, 3], labels: ['stable'] } : undefined),
  route: (name) => routes[name],
  task: ({ version }) => {
    const own = tasks[version ?? 0];
    return own === undefined ? classifier : own;
  },
});

const draftOf = (more: Partial<Omit<NewRoute, 'name'>> & { name?: string } = {}): RouteDraft =>
  routeDraftSchema.parse({ ...aRoute({ v1: 90, v2: 10 }), fallback: ['v1'], ...more });

const problemsOf = (draft: RouteDraft, world: World = {}, replaces: string | null = null): RouteProblem[] =>
  validateRoute(draft, worldOf(world), replaces);

/** `code at.the.place`, errors only. */
const errorsOf = (...args: Parameters<typeof problemsOf>): string[] =>
  problemsOf(...args)
    .filter(({ severity }) => severity === 'error')
    .map(({ code, place }) => `${code} ${place.join('.')}`);
const warningsOf = (...args: Parameters<typeof problemsOf>): string[] =>
  problemsOf(...args)
    .filter(({ severity }) => severity === 'warning')
    .map(({ code, place }) => `${code} ${place.join('.')}`);

test('a route that is right has no problems', () => {
  expect(problemsOf(draftOf())).toEqual([]);
});

test('its name must be one, and free', () => {
  expect(errorsOf(draftOf({ name: '' }))).toEqual(['nameInvalid name']);
  expect(errorsOf(draftOf({ name: 'a/b' }))).toEqual(['nameInvalid name']);
  expect(errorsOf(draftOf({ name: 'clothes' }))).toContain('nameTaken name');
  const routes = { shop: aRoute({ v1: 100 }) };
  expect(errorsOf(draftOf(), { routes })).toEqual(['nameTaken name']);
  expect(errorsOf(draftOf(), { routes }, 'shop')).toEqual([]);
});

describe('weights', () => {
  test.each([
    [{ v1: 90, v2: 9 }, ['weightsSum split']],
    [{ v1: 90, v2: 10.01 }, ['weightsSum split']],
    [{ v1: 33.33, v2: 66.67 }, []],
    [{ v1: 33.333, v2: 66.667 }, ['weightTooFine split.0.weight', 'weightTooFine split.1.weight']],
    [{ v1: 100, v2: 0 }, []],
    [{}, ['splitEmpty split']],
  ])('%j', (weights, expected) => {
    expect(errorsOf(draftOf({ split: splitOf(weights as Record<string, number>) }))).toEqual(expected);
  });

  test('the sum is told as it is', () => {
    const [problem] = problemsOf(draftOf({ split: splitOf({ v1: 0.1, v2: 0.2 }) }));
    expect(problem).toMatchObject({ code: 'weightsSum', params: { sum: '0.3' } });
  });

  test('those of an audience are judged as well, and a share is given once', () => {
    const when = [conditionSchema.parse({ from: 'token', test: 'is', values: ['ci'] })];
    const rules = [{ id: 'ci', name: 'CI', when, split: [...splitOf({ v1: 50 }), ...splitOf({ v1: 50 })] }];
    expect(errorsOf(draftOf({ rules }))).toEqual(['shareTwice rules.0.split.1.arm']);
    expect(
      errorsOf(draftOf({ rules: [{ id: 'ci', name: 'CI', when, split: splitOf({ v1: 60 }) }] })),
    ).toEqual(['weightsSum rules.0.split']);
  });
});

describe('arms', () => {
  test('must be there, once, and wherever they are named', () => {
    expect(errorsOf(draftOf({ arms: [] }))).toContain('noArms arms');
    const arms = [
      { id: 'v1', model: 'clothes', version: 1 },
      { id: 'v1', model: 'clothes', version: 2 },
    ];
    expect(
      errorsOf(
        draftOf({
          arms,
          fallback: ['v1', 'v1', 'v7'],
          overflow: { arm: 'v8', whenWaiting: 1 },
          shadow: { arm: 'v9', percent: 1 },
        }),
      ),
    ).toEqual([
      'armTwice arms.1.id',
      'armUnknown split.1.arm',
      'fallbackTwice fallback.1',
      'armUnknown fallback.2',
      'armUnknown overflow.arm',
      'armUnknown shadow.arm',
    ]);
  });

  const leadingTo = (arm: Record<string, unknown>): RouteDraft =>
    draftOf({ arms: [{ id: 'v1', model: 'clothes', ...arm }], split: splitOf({ v1: 100 }) });

  test('lead to what exists', () => {
    expect(errorsOf(leadingTo({ model: 'shoes' }))).toEqual(['modelUnknown arms.0.model']);
    expect(errorsOf(leadingTo({ version: 4 }))).toEqual(['versionUnknown arms.0.version']);
    expect(errorsOf(leadingTo({ label: 'canary' }))).toEqual(['labelUnknown arms.0.label']);
    expect(errorsOf(leadingTo({ label: 'stable' }))).toEqual([]);
    expect(errorsOf(leadingTo({}))).toEqual([]);
    expect(errorsOf(leadingTo({ label: 'stable', version: 1 }))).toEqual(['versionAndLabel arms.0.label']);
  });

  test('may lead to a route, but to no version of it', () => {
    const routes = { inner: aRoute({ v1: 100 }, { name: 'inner' }) };
    expect(errorsOf(leadingTo({ model: 'inner' }), { routes })).toEqual([]);
    expect(errorsOf(leadingTo({ model: 'inner', version: 1 }), { routes })).toEqual([
      'versionOfRoute arms.0.version',
    ]);
  });

  test('never lead back', () => {
    const back = (name: string, model: string) => aRoute({ v1: 100 }, { name, arms: [{ id: 'v1', model }] });
    expect(errorsOf(leadingTo({ model: 'shop' }))).toEqual(['cycle arms.0.model']);
    const routes = { a: back('a', 'b'), b: back('b', 'shop') };
    const [problem] = problemsOf(leadingTo({ model: 'a' }), { routes }, 'shop');
    expect(problem).toMatchObject({ code: 'cycle', params: { path: 'shop → a → b → shop' } });
    const long = { a: back('a', 'b'), b: back('b', 'c'), c: back('c', 'd'), d: back('d', 'clothes') };
    expect(errorsOf(leadingTo({ model: 'a' }), { routes: long })).toEqual(['tooDeep arms.0.model']);
    expect(errorsOf(leadingTo({ model: 'b' }), { routes: long })).toEqual([]);
  });

  test('one that nothing leads to, or that is not loaded, is only told', () => {
    const shop = draftOf({ arms: [...draftOf().arms, { id: 'v3', model: 'clothes', version: 3 }] });
    expect(warningsOf(shop)).toEqual(['armUnused arms.2']);
    expect(warningsOf(draftOf(), { tasks: { 2: null } })).toEqual([
      'armNotAvailable arms.1',
      'classesUnchecked arms.1',
    ]);
    expect(warningsOf(draftOf({ fallback: [] }))).toEqual(['noFallback fallback']);
    expect(warningsOf(draftOf({ shadow: { arm: 'v2', percent: 5 } }))).toEqual(['shadowServes shadow.arm']);
  });

  test('a split whose arms are all stopped is told', () => {
    const arms = draftOf().arms.map((arm) => ({ ...arm, isStopped: true }));
    expect(warningsOf(draftOf({ arms }))).toContain('allStopped split');
    expect(errorsOf(draftOf({ arms }))).toEqual([]);
  });
});

describe('all arms answer the same question', () => {
  const withSecond = (task: Partial<Task>) =>
    problemsOf(draftOf(), { tasks: { 2: { ...classifier, ...task } } });

  test.each([
    [{ classCount: 7 }, 'classesDiffer', '10 and 7 classes'],
    [{ labelsDigest: 'digits' }, 'classesDiffer', 'the names of the classes, or their order'],
    [{ isClassifier: false }, 'taskDiffers', 'only one of them classifies pictures'],
  ])('%j is refused', (task, code, reason) => {
    expect(withSecond(task)).toEqual([
      { code, severity: 'error', place: ['arms', 1], params: { arm: 'v2', other: 'v1', reason } },
    ]);
  });

  test('classes without names match by their number', () => {
    expect(withSecond({ labelsDigest: undefined })).toEqual([]);
  });

  test('classifiers of another size of picture are told of, since pictures fit both', () => {
    const inputs = [{ ...picture, shape: ['N', 3, 224, 224] }];
    expect(withSecond({ inputs })).toMatchObject([{ code: 'inputsDiffer', severity: 'warning' }]);
  });

  test('what is no classifier must take and give the same tensors', () => {
    const first = { ...classifier, isClassifier: false, classCount: null, labelsDigest: undefined };
    const reasonFor = (task: Partial<Task>) =>
      problemsOf(draftOf(), { tasks: { 1: first, 2: { ...first, ...task } } })[0]?.params['reason'];
    expect(reasonFor({})).toBeUndefined();
    expect(reasonFor({ outputs: [classes, picture] })).toBe('1 and 2 tensors');
    expect(reasonFor({ outputs: [{ ...classes, name: 'z' }] })).toBe('only one has a tensor y');
    expect(reasonFor({ outputs: [{ ...classes, dtype: 'int64' }] })).toBe('y is float32 and int64');
    expect(reasonFor({ inputs: [{ ...picture, shape: ['N', 3, 28, 28] }] })).toBe(
      'the shape of x is [N,1,28,28] and [N,3,28,28]',
    );
    expect(reasonFor({ inputs: [{ ...picture, shape: [4, 1, 'h', 'w'] }] })).toBeUndefined();
  });
});

describe('conditions', () => {
  const judged = (condition: Partial<Condition>, more: Partial<NewRoute> = {}): string[] =>
    errorsOf(
      draftOf({
        rules: [
          {
            id: 'they',
            name: 'They',
            when: [
              conditionSchema.parse({
                from: 'header',
                name: 'x-team',
                test: 'is',
                values: ['qa'],
                ...condition,
              }),
            ],
            split: splitOf({ v1: 100 }),
          },
        ],
        ...more,
      }),
    );

  test('name what they look at', () => {
    expect(judged({})).toEqual([]);
    expect(judged({ name: '' })).toEqual(['attributeNameMissing rules.0.when.0.name']);
    expect(judged({ name: 'x team' })).toEqual(['attributeNameUnfit rules.0.when.0.name']);
    expect(judged({ from: 'context', name: 'x team' })).toEqual([]);
    expect(judged({ from: 'token', name: '' })).toEqual([]);
  });

  test('never look at secrets', () => {
    for (const name of ['Authorization', 'cookie', 'X-Api-Key', 'x-auth-token'])
      expect(judged({ name })).toEqual(['attributeSecret rules.0.when.0.name']);
  });

  test('have the values that their test needs', () => {
    expect(judged({ values: [] })).toEqual(['valuesMissing rules.0.when.0.values']);
    expect(judged({ test: 'isAbsent' })).toEqual(['valuesUnfit rules.0.when.0.values']);
    expect(judged({ test: 'isAbsent', values: [] })).toEqual([]);
    expect(judged({ test: 'atLeast', values: ['18', 'old'] })).toEqual([
      'valueNoNumber rules.0.when.0.values.1',
    ]);
  });

  test('look at the key only where there is one', () => {
    expect(judged({ from: 'key', name: '' })).toEqual([]);
    expect(judged({ from: 'key', name: '' }, { stickyBy: null })).toEqual([
      'keyWithoutSticky rules.0.when.0.from',
    ]);
    expect(errorsOf(draftOf({ stickyBy: { from: 'key' } }))).toEqual(['stickyByKey stickyBy.from']);
    expect(errorsOf(draftOf({ stickyBy: { from: 'header' } }))).toEqual([
      'attributeNameMissing stickyBy.name',
    ]);
  });

  test('there is at least one, and each audience has an id of its own', () => {
    const rule = { id: 'they', name: 'They', when: [], split: splitOf({ v1: 100 }) };
    expect(errorsOf(draftOf({ rules: [rule, rule] }))).toEqual([
      'ruleWithoutConditions rules.0.when',
      'ruleTwice rules.1.id',
      'ruleWithoutConditions rules.1.when',
    ]);
  });
});
