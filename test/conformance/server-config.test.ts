import { describe, expect, onTestFinished, test } from 'vitest';
import { AppError } from '../../app/base/errors';
import { ConfigFile } from '../../main/config/config-file';
import {
  type ActiveConfig,
  assertReloadable,
  type ConfigTransition,
  noConfig,
  transition,
} from '../../main/config/config-transition';
import { readModelsConfig } from '../../main/config/read-models-config';
import type { ServerConfig } from '../../main/config/server-config';
import { defaultPlatformNames } from '../../main/config/validate-config';
import { FakeClock } from '../support/fake-clock';

const model = (fields: string): string => `config { ${fields} }`;
const list = (...models: string[]): string => `model_config_list { ${models.join('\n')} }`;
const custom = 'custom_model_config { type_url: "x.y/Z" }';
const good = model('name: "m" base_path: "/m" model_platform: "tensorflow"');

const next = (active: ActiveConfig, text: string, rootFolder: string | null = null): ConfigTransition =>
  transition(active, readModelsConfig(text, rootFolder), defaultPlatformNames);
const running = (text: string): ActiveConfig => next(noConfig, text).next;

function statusOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return AppError.from(error).status;
  }
  return 'OK';
}

describe('server configuration', () => {
  test('T172 [CF1]: a list cannot become a custom configuration, nor a custom one a list', () => {
    expect(statusOf(() => next(running(list(good)), custom))).toBe('FAILED_PRECONDITION');
    expect(statusOf(() => next(running(list(good)), ''))).toBe('FAILED_PRECONDITION');
    expect(statusOf(() => next({ kind: 'custom' }, list(good)))).toBe('FAILED_PRECONDITION');
  });

  test('T173: no configuration at the start is fine and changes nothing; a list may follow', () => {
    const start = next(noConfig, '');
    expect(start).toEqual({ next: noConfig, change: { added: [], changed: [], removed: [], unchanged: [] } });
    expect(next(start.next, list(good)).change.added).toMatchObject([{ name: 'm', basePath: '/m' }]);
  });

  test.each<[string, string]>([
    ['two models of one name', list(good, good)],
    ['an unknown platform', list(model('name: "m" base_path: "/m" model_platform: "caffe"'))],
    [
      'a type and a platform',
      list(model('name: "m" base_path: "/m" model_type: TENSORFLOW model_platform: "tensorflow"')),
    ],
    ['neither type nor platform', list(model('name: "m" base_path: "/m"'))],
    ['a relative path without a root', list(model('name: "m" base_path: "m" model_platform: "tensorflow"'))],
    ['a custom configuration without a loader', custom],
  ])('T174 [CF2]: %s is an invalid argument', (_title, text) => {
    expect(statusOf(() => next(noConfig, text))).toBe('INVALID_ARGUMENT');
  });

  test('T175: relative base paths are joined to the root, absolute ones are kept', () => {
    const both = list(
      model('name: "a" base_path: "m" model_platform: "tensorflow"'),
      model('name: "b" base_path: "/abs" model_type: TENSORFLOW'),
    );
    expect(next(noConfig, both, '/r').change.added.map((added) => added.basePath)).toEqual(['/r/m', '/abs']);
    expect(statusOf(() => next(noConfig, both, 'r'))).toBe('INVALID_ARGUMENT');
    expect(statusOf(() => next(noConfig, both, ''))).toBe('INVALID_ARGUMENT');
  });

  test('T186: a client may send a list of models only', () => {
    expect(statusOf(() => assertReloadable(readModelsConfig(custom, null)))).toBe('INVALID_ARGUMENT');
    expect(statusOf(() => assertReloadable(readModelsConfig(list(good), null)))).toBe('OK');
  });

  test('T187: an edited file is applied when it is polled, and not when it is not', async () => {
    const clock = new FakeClock();
    let text = list(good);
    const told: ServerConfig[] = [];
    const start = async (pollMs: number): Promise<void> => {
      const file = new ConfigFile({ path: '/models.config', pollMs, clock, read: async () => text });
      onTestFinished(() => file.dispose());
      file.onDidChange((config) => told.push(config));
      await file.load();
    };
    await start(0);
    text = list();
    await clock.advance(60_000);
    expect(told).toEqual([]);
    await start(1_000);
    await clock.advance(1_000);
    expect(told).toEqual([]);
    text = list(good, model('name: "n" base_path: "/n" model_platform: "tensorflow"'));
    await clock.advance(1_000);
    expect(told).toMatchObject([{ kind: 'list', models: [{ name: 'm' }, { name: 'n' }] }]);
  });
});
