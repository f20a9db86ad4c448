import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { ConfigFile, readConfig } from '../../../main/config/config-file';
import { configJsonSchema } from '../../../main/config/config-schema';
import { noConfig, transition } from '../../../main/config/config-transition';
import { loggingOf } from '../../../main/config/logging-of';
import { readDocument } from '../../../main/config/read-document';
import { readModelsConfig } from '../../../main/config/read-models-config';
import { defaultPlatformNames } from '../../../main/config/validate-config';
import { FakeClock } from '../../support/fake-clock';

function failure(act: () => unknown): AppError {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const yaml = `
# our models
version: 1
resources: { memory: 1.5 GiB }
models:
  - name: digits
    basePath: digits
  - name: flowers
    basePath: /data/flowers
    policy: { kind: specific, versions: [1, 3] }
    switching: resourcePreserving
    keepLastGood: false
    loaded: onDemand
    idleUnloadMs: 15 min
    pinned: [3]
    labels: { stable: 1, canary: 3 }
    running: { instances: 2, memoryCapBytes: 1.5 GB, batching: { maxBatchSize: 8 } }
`;

describe('Slipway’s own document', () => {
  test('names models with their settings; the rest has its default', () => {
    expect(readDocument(yaml, '/etc/slipway')).toEqual({
      kind: 'list',
      rootFolder: '/etc/slipway',
      resources: { memoryBytes: 1.5 * 2 ** 30 },
      models: [
        {
          name: 'digits',
          basePath: 'digits',
          platform: 'auto',
          policy: { kind: 'latest', count: 1 },
          switching: 'availabilityPreserving',
          keepLastGood: true,
          loaded: 'always',
          idleUnloadMs: 600_000,
          pinned: [],
          running: {},
          labels: {},
          where: 'models[0]',
        },
        {
          name: 'flowers',
          basePath: '/data/flowers',
          platform: 'auto',
          policy: { kind: 'specific', versions: [1, 3] },
          switching: 'resourcePreserving',
          keepLastGood: false,
          loaded: 'onDemand',
          idleUnloadMs: 900_000,
          pinned: [3],
          running: { instances: 2, memoryCapBytes: 1.5e9, batching: { maxBatchSize: 8 } },
          labels: { stable: 1, canary: 3 },
          where: 'models[1]',
        },
      ],
      routes: [],
    });
  });

  test('says where requests of a model are logged', () => {
    const text = (logging: string): string =>
      `version: 1\nmodels:\n- name: m\n  basePath: /m\n  logging: ${logging}\n- { name: n, basePath: /n }`;
    expect([...loggingOf(readDocument(text('{ filenamePrefix: logs/m }'), '/etc'))]).toEqual([
      ['m', [{ collector: { type: 'file', filenamePrefix: resolve('/etc/logs/m') }, samplingRate: 1 }]],
    ]);
    const error = failure(() => readDocument(text('{ filenamePrefix: m, samplingRate: 2 }'), '/'));
    expect(error.params['where']).toBe('models[0].logging.samplingRate, line 5');
  });

  test('may be JSON', () => {
    const json = JSON.stringify({ version: 1, rootFolder: '/r', models: [{ name: 'm', basePath: 'm' }] });
    const config = readConfig('/etc/slipway.json', json);
    const { change } = transition(noConfig, config, defaultPlatformNames);
    expect(change.added).toMatchObject([{ name: 'm', basePath: '/r/m' }]);
  });

  test.each<[string, string, RegExp]>([
    ['a misspelt setting', 'version: 1\nmodels:\n  - name: m\n    basepath: /m\n', /^models\[0\].*line 3/],
    [
      'a wrong count',
      'version: 1\nmodels:\n- { name: m, basePath: /m,\n  policy: { kind: latest, count: 0 } }\n',
      /^models\[0\]\.policy\.count, line 4$/,
    ],
    [
      'a label that is no version',
      'version: 1\nmodels:\n- name: m\n  basePath: /m\n  labels:\n    stable: x\n',
      /^models\[0\]\.labels\.stable, line 6$/,
    ],
    ['a version of the format that is not ours', 'version: 2\n', /^version, line 1$/],
    [
      'a share without an arm',
      'version: 1\nroutes:\n- name: shop\n  arms: []\n  split:\n  - weight: 100\n',
      /^routes\[0\]\.split\[0\]\.arm, line 6$/,
    ],
    ['a size without a unit', 'version: 1\nresources: { memory: lots }\n', /^resources\.memory, line 2$/],
    [
      'a time without a unit',
      'version: 1\nmodels:\n- name: m\n  basePath: /m\n  idleUnloadMs: long\n',
      /^models\[0\]\.idleUnloadMs, line 5$/,
    ],
    ['a key given twice', 'version: 1\nversion: 1\n', /^line 2$/],
    ['bad YAML', 'version: 1\nmodels: [', /^line \d$/],
    ['nothing', '', /^document/],
    ['a text', 'hello', /^document/],
  ])('%s is refused with its place', (_title, text, where) => {
    const error = failure(() => readDocument(text, '/'));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.params['where']).toMatch(where);
  });

  test('batching that makes no sense is refused with its place', () => {
    const text =
      'version: 1\nmodels: [{ name: m, basePath: /m, running: { batching: { allowedBatchSizes: [4, 2] } } }]';
    const error = failure(() => transition(noConfig, readDocument(text, '/'), defaultPlatformNames));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.params['where']).toBe('models[0].running.batching');
  });

  test('a label is called as in the page, or refused with its place', () => {
    const withLabel = (label: string) =>
      JSON.stringify({ version: 1, models: [{ name: 'm', basePath: '/m', labels: { [label]: 1 } }] });
    for (const label of ['', 'a/b', 'a:b', 'x'.repeat(129)]) {
      const error = failure(() =>
        transition(noConfig, readDocument(withLabel(label), '/'), defaultPlatformNames),
      );
      expect([error.code, error.params['where']], label).toEqual(['CONFIG_INVALID', 'models[0].labels']);
    }
  });

  test.each(['onnx', 'tfjs', 'lookup-table', 'tensorflow', 'auto'])('%s is a platform', (platform) => {
    const text = JSON.stringify({ version: 1, models: [{ name: 'm', basePath: '/m', platform }] });
    const { change } = transition(noConfig, readDocument(text, '/'), defaultPlatformNames);
    expect(change.added[0]?.platform).toBe(platform === 'tensorflow' ? 'auto' : platform);
  });

  test('aliases that unfold to far too much are refused', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(12).fill(`*l${i}`).join()}]`,
    );
    expect(failure(() => readDocument(['l0: &l0 x', ...levels].join('\n'), '/')).code).toBe('CONFIG_INVALID');
  });

  test('its JSON Schema names every setting, says what they are for, and asks only for what has no default', () => {
    const schema = configJsonSchema();
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: ['version'],
      additionalProperties: false,
      properties: {
        models: {
          items: {
            required: ['name', 'basePath'],
            properties: {
              policy: { description: 'Which versions are wanted', default: { kind: 'latest', count: 1 } },
              loaded: { enum: ['always', 'onDemand'], default: 'always' },
              idleUnloadMs: { default: 600_000 },
              pinned: { description: 'Versions that stay in memory once they are loaded on demand' },
              running: {
                description: 'How its versions are run',
                properties: { instances: { description: 'Processes for each version', maximum: 64 } },
              },
            },
          },
        },
        routes: { items: { required: ['name', 'arms', 'split'], additionalProperties: false } },
      },
    });
  });

  test('the JSON Schema that ships is that of what is read', () => {
    const shipped = resolve(import.meta.dirname, '../../../app/resources/slipway-config.schema.json');
    expect(JSON.parse(readFileSync(shipped, 'utf8'))).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });

  test('the document in docs is read, and is what the text says', () => {
    const text = readFileSync(resolve(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');
    const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(text) ?? [];
    const { change } = transition(noConfig, readDocument(yaml, '/srv'), defaultPlatformNames);
    expect(change.added).toMatchObject([
      { name: 'digits', basePath: '/srv/models/digits', platform: 'auto', labels: { stable: 3 } },
      {
        name: 'words',
        platform: 'lookup-table',
        policy: { kind: 'specific', versions: [2] },
        loaded: 'onDemand',
      },
    ]);
  });

  test('whatever is in the file, it is read or refused with a place', () => {
    const pieces = fc.constantFrom(
      'version: 1',
      'models:',
      '- name: m',
      '  basePath: /m',
      '&a',
      '*a',
      '{',
      '}',
      '[',
      '"',
      '\n',
      '  ',
      ':',
      '!!x',
      '---',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((it) => it.join('\n')),
        ),
        (text) => {
          try {
            expect(readDocument(text, '/').kind).toBe('list');
          } catch (error) {
            expect(error).toMatchObject({
              code: 'CONFIG_INVALID',
              params: { where: expect.stringMatching(/./) },
            });
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('models.config of TensorFlow Serving', () => {
  test('is read in all the ways that its text format can be written', () => {
    const config = readModelsConfig(
      `# comment
      model_config_list: <
        config { name: 'a' base_path: "/models" "/a", model_platform: "tensorflow";
          model_version_policy: { specific { versions: 42 versions: 43 } }
          version_labels { key: "stable" value: 42 } version_labels: { key: "canary", value: 43 }
          logging_config { sampling_config { sampling_rate: 0.5 } } }
        config: { name: "b\\303\\251" base_path: "/b" model_type: TENSORFLOW model_version_policy { all {} } }
        config: { name: "c" base_path: "/c" model_platform: "tensorflow" model_version_policy { latest { num_versions: 0x3 } } }
        config: { name: "d" base_path: "/d" model_platform: "tensorflow" model_version_policy { latest {} } }
      >`,
      null,
    );
    const { change } = transition(noConfig, config, defaultPlatformNames);
    expect(change.added).toMatchObject([
      {
        name: 'a',
        basePath: '/models/a',
        platform: 'auto',
        policy: { kind: 'specific', versions: [42, 43] },
        labels: { stable: 42, canary: 43 },
        switching: 'availabilityPreserving',
        keepLastGood: true,
      },
      { name: 'bé', policy: { kind: 'all' } },
      { name: 'c', policy: { kind: 'latest', count: 3 } },
      { name: 'd', policy: { kind: 'latest', count: 1 } },
    ]);
  });

  test('says where a sample of the requests of a model is logged', () => {
    const logging = (text: string) =>
      loggingOf(
        readModelsConfig(
          `model_config_list { config { name: "a" base_path: "/a" model_platform: "tensorflow" logging_config { ${text} } }
            config { name: "b" base_path: "/b" model_platform: "tensorflow" } }`,
          '/root',
        ),
      );
    expect([
      ...logging('log_collector_config { filename_prefix: "a" } sampling_config { sampling_rate: 0.25 }'),
    ]).toEqual([
      ['a', [{ collector: { type: 'file', filenamePrefix: resolve('/root/a') }, samplingRate: 0.25 }]],
    ]);
    for (const wrong of [
      'sampling_config { sampling_rate: 0.5 }',
      'log_collector_config { filename_prefix: "a" } sampling_config { sampling_rate: 2 }',
      'log_collector_config { filename_prefix: "a" } sampling_config { sampling_rate: nan }',
    ])
      expect(failure(() => logging(wrong))).toMatchObject({
        code: 'CONFIG_INVALID',
        params: { where: expect.stringMatching(/^config\[0\]/) },
      });
  });

  test.each<[string, string]>([
    ['an unknown field', 'model_config_list { confg {} }'],
    ['an open brace', 'model_config_list { config {'],
    ['a field given twice', 'model_config_list { config { name: "a" name: "b" } }'],
    ['two policies', 'model_config_list { config { model_version_policy { all {} latest {} } } }'],
    [
      'a negative version',
      'model_config_list { config { model_version_policy { specific { versions: -1 } } } }',
    ],
    [
      'a version that no number can hold',
      'model_config_list { config { version_labels { key: "x" value: 9007199254740993 } } }',
    ],
    ['an empty label', 'model_config_list { config { version_labels { key: "" value: 1 } } }'],
    [
      'a label with a slash',
      'model_config_list { config { name: "a" base_path: "/a" model_platform: "tensorflow" version_labels { key: "a/b" value: 1 } } }',
    ],
    ['an empty name', 'model_config_list { config { base_path: "/m" model_platform: "tensorflow" } }'],
    [
      'a name with a slash',
      'model_config_list { config { name: "a/b" base_path: "/m" model_platform: "tensorflow" } }',
    ],
    ['no base path', 'model_config_list { config { name: "a" model_platform: "tensorflow" } }'],
    ['what is no text', '\0\u0001\u0002'],
  ])('%s is refused', (_title, text) => {
    const error = failure(() => transition(noConfig, readModelsConfig(text, null), defaultPlatformNames));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', status: 'INVALID_ARGUMENT' });
    expect(error.params['where']).toMatch(/./);
  });

  test('one that is refused is called by its own name', () => {
    expect(failure(() => readConfig('/etc/m2.config', 'model_config_list {')).params['where']).toBe(
      'm2.config',
    );
  });

  test('whatever is in the file, it is read or refused', () => {
    const tokens = fc.constantFrom(
      'model_config_list',
      'config',
      '{',
      '}',
      '<',
      '>',
      '[',
      ']',
      ':',
      ',',
      ';',
      'name',
      '"m"',
      "'",
      '"',
      '\\',
      '#',
      '\n',
      '-',
      '1',
      '1e9',
      '0x',
      'base_path',
      'version_labels',
      'key',
      'value',
      'custom_model_config',
      '[a.b/c]',
      '\0',
      '\u{1F600}',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(tokens, { maxLength: 60 }).map((it) => it.join(' ')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(['list', 'custom', 'notSet']).toContain(readModelsConfig(text, '/r').kind);
        } catch (error) {
          expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('ten thousand levels of braces are refused, not followed', () => {
    expect(failure(() => readModelsConfig('model_config_list {'.repeat(10_000), null)).code).toBe(
      'CONFIG_INVALID',
    );
  });
});

describe('from one configuration to the next', () => {
  const config = (models: object[]) => readDocument(JSON.stringify({ version: 1, models }), '/');
  const m = { name: 'm', basePath: '/m' };
  const active = transition(noConfig, config([m, { name: 'n', basePath: '/n' }]), defaultPlatformNames).next;

  test('each model is added, changed in named settings, removed or left alone', () => {
    const { change } = transition(
      active,
      config([
        { ...m, policy: { kind: 'all' }, labels: { stable: 1 } },
        { name: 'o', basePath: '/o' },
      ]),
      defaultPlatformNames,
    );
    expect(change.added.map((model) => model.name)).toEqual(['o']);
    expect(change.changed).toMatchObject([
      { from: { name: 'm' }, to: { name: 'm' }, settings: ['policy', 'labels'] },
    ]);
    expect(change.removed.map((model) => model.name)).toEqual(['n']);
    expect(change.unchanged).toEqual([]);
  });

  test('the same configuration again changes nothing; an empty list removes everything', () => {
    const same = transition(active, config([m, { name: 'n', basePath: '/n' }]), defaultPlatformNames).change;
    expect([same.added, same.changed, same.removed]).toEqual([[], [], []]);
    expect(transition(active, config([]), defaultPlatformNames).change.removed).toHaveLength(2);
  });
});

describe('the file', () => {
  test('CF7: an edit that makes no sense is told once and changes nothing; a later good one is applied', async () => {
    const clock = new FakeClock();
    let text = 'version: 1';
    const file = new ConfigFile({ path: '/c.yaml', pollMs: 1_000, clock, read: async () => text });
    onTestFinished(() => file.dispose());
    const told: string[] = [];
    file.onDidChange((config) => told.push(config.kind));
    file.onDidFail((error) => told.push(error.code));
    await file.load();
    text = 'version: [';
    await clock.advance(5_000);
    expect(told).toEqual(['CONFIG_INVALID']);
    text = yaml;
    await clock.advance(5_000);
    expect(told).toEqual(['CONFIG_INVALID', 'list']);
    file.dispose();
    text = 'version: 1';
    await clock.advance(5_000);
    expect(told).toHaveLength(2);
  });

  test('a file that is not there is said by its name only', async () => {
    const file = new ConfigFile({ path: '/home/someone/none.yaml', clock: new FakeClock() });
    onTestFinished(() => file.dispose());
    await expect(file.load()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      params: { where: 'none.yaml' },
    });
    await expect(file.load()).rejects.not.toThrow(/someone/);
  });
});
