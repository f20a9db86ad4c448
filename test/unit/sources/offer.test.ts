import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelNameSchema, type OfferItem, offerItemSchema } from '../../../app/contract/models';
import { modelNameFrom, nameOfFile } from '../../../main/sources/model-names';
import { judgePaths } from '../../../main/sources/offer';
import type { KnownModel } from '../../../main/sources/offer-targets';
import { FakeClock } from '../../support/fake-clock';
import { MemoryFileSystem } from '../../support/memory-file-system';

const isModel = (files: readonly string[]): boolean =>
  files.some((file) => /^(onnx\/)?[^/]+\.onnx$/i.test(file));
const known = (name: string, basePath = `/models/${name}`): KnownModel => ({
  name,
  basePath,
  canTakeVersions: true,
});

/** Files are written as `path` or `path:size`. */
function disk(...files: string[]) {
  const fileSystem = new MemoryFileSystem(new FakeClock());
  for (const file of files) {
    const [path = '', size = '10'] = file.split(':');
    fileSystem.write(path, Number(size));
  }
  const judge = async (
    paths: readonly string[],
    models: readonly KnownModel[] = [],
  ): Promise<OfferItem[]> => {
    const found = await judgePaths(paths, {
      known: models,
      isModel,
      forecast: (files, sizeBytes) => files.length * 1000 + sizeBytes,
      fileSystem,
      platform: 'linux',
    });
    return found.map(({ item }) => offerItemSchema.parse(item));
  };
  return { fileSystem, judge };
}

const refusals = (items: readonly OfferItem[]): [string, string][] =>
  items.flatMap((item) =>
    item.kind === 'refused' ? [[item.source, item.error.code] as [string, string]] : [],
  );

describe('what is offered', () => {
  test('a model folder, with its versions and their size', async () => {
    const { judge } = disk(
      '/d/digits/1/model.onnx:5',
      '/d/digits/2/other.onnx:7',
      '/d/digits/2/labels.txt:1',
      '/d/digits/notes.md',
    );
    expect(await judge(['/d/digits'])).toEqual([
      {
        kind: 'model',
        id: 'item-1',
        source: 'digits',
        name: 'digits',
        versions: [2, 1],
        sizeBytes: 13,
        memoryBytes: [2008, 1005],
      },
    ]);
  });

  test('a folder of models, each child, and nothing said of pictures beside them', async () => {
    const { judge } = disk(
      '/d/all/a/1/model.onnx',
      '/d/all/b/3/model.onnx',
      '/d/all/photos/x.jpg',
      '/d/all/.git/1/model.onnx',
    );
    expect(await judge(['/d/all'])).toMatchObject([
      { kind: 'model', source: 'all/a', name: 'a', versions: [1] },
      { kind: 'model', source: 'all/b', name: 'b', versions: [3] },
    ]);
  });

  test('an empty folder beside models is told of, and alone it is one without a model', async () => {
    const { fileSystem, judge } = disk('/d/all/a/1/model.onnx');
    fileSystem.folder('/d/all/b');
    fileSystem.folder('/d/all/a/2');
    expect(refusals(await judge(['/d/all']))).toEqual([
      ['all/a/2', 'MODEL_FILE_MISSING'],
      ['all/b', 'DROP_FOLDER_EMPTY'],
    ]);
    expect(refusals(await judge(['/d/all/b']))).toEqual([['b', 'DROP_NO_MODEL_FILE']]);
  });

  test('a single version folder is named after its model', async () => {
    const { judge } = disk('/d/digits/4/model.onnx:9', '/d/digits/4/labels.txt:1');
    expect(await judge(['/d/digits/4'])).toEqual([
      {
        kind: 'version',
        id: 'item-1',
        source: '4',
        name: 'digits',
        sizeBytes: 10,
        memoryBytes: 2010,
        targets: [],
      },
    ]);
  });

  test('a folder that holds the model file itself can become a version', async () => {
    const { judge } = disk('/d/resnet/model.onnx', '/d/vit/onnx/model.onnx');
    expect(await judge(['/d/resnet', '/d/vit'])).toMatchObject([
      { kind: 'version', name: 'resnet' },
      { kind: 'version', name: 'vit' },
    ]);
  });

  test('a lone model file, broken or not', async () => {
    const { judge } = disk('/d/resnet50.onnx:0', '/d/digits/3/model.onnx');
    expect(await judge(['/d/resnet50.onnx', '/d/digits/3/model.onnx'])).toMatchObject([
      { kind: 'version', source: 'resnet50.onnx', name: 'resnet50', sizeBytes: 0 },
      { kind: 'version', source: 'model.onnx', name: 'digits' },
    ]);
  });

  test('an archive', async () => {
    const { judge } = disk('/d/digits.zip', '/d/flowers-v2.tar.gz', '/d/model.tgz');
    expect(await judge(['/d/digits.zip', '/d/flowers-v2.tar.gz', '/d/model.tgz'])).toMatchObject([
      { kind: 'version', name: 'digits' },
      { kind: 'version', name: 'flowers-v2' },
      { kind: 'version', name: 'd' },
    ]);
  });

  test('two of one name in one drop get two names', async () => {
    const { judge } = disk('/d/a/digits/1/model.onnx', '/d/b/digits/1/model.onnx');
    expect(await judge(['/d/a/digits', '/d/b/digits'])).toMatchObject([
      { name: 'digits' },
      { name: 'digits-2' },
    ]);
  });

  test('one thing dropped twice, or with what holds it, is offered once', async () => {
    const { judge } = disk('/d/all/digits/1/model.onnx');
    expect(await judge(['/d/all', '/d/all/digits', '/d/all'])).toHaveLength(1);
  });
});

describe('what is refused, with its reason', () => {
  test.each<[string, readonly string[], string, string]>([
    ['a text', ['/d/readme.txt'], '/d/readme.txt', 'DROP_NOT_A_MODEL'],
    ['a picture', ['/d/cat.jpg'], '/d/cat.jpg', 'DROP_NOT_A_MODEL'],
    ['a folder of pictures', ['/d/photos/cat.jpg'], '/d/photos', 'DROP_NO_MODEL_FILE'],
    [
      'version folders without a model file',
      ['/d/m/1/weights.bin', '/d/m/2/x.txt'],
      '/d/m',
      'DROP_NO_MODEL_FILE',
    ],
    ['what is not there', [], '/d/gone', 'DROP_GONE'],
  ])('%s', async (_title, files, path, code) => {
    const { judge } = disk(...files);
    expect(await judge([path])).toMatchObject([{ kind: 'refused', error: { code } }]);
  });

  test('one version without a model file is named, and the others are offered', async () => {
    const { judge } = disk('/d/digits/3/model.onnx', '/d/digits/4/labels.txt');
    const items = await judge(['/d/digits']);
    expect(items[0]).toMatchObject({ kind: 'model', versions: [3] });
    expect(items[1]).toMatchObject({
      kind: 'refused',
      source: 'digits/4',
      error: { code: 'MODEL_FILE_MISSING', params: { model: 'digits', version: '4' } },
    });
  });

  test('a lone folder that looks like a version is named after the folder above', async () => {
    const items = await disk('/d/weird/v1/model.onnx').judge(['/d/weird']);
    expect(items).toMatchObject([{ kind: 'version', name: 'weird', source: 'weird/v1' }]);
  });

  test('folders that look like versions to people get a hint which one to rename', async () => {
    const { judge } = disk('/d/weights/v1/model.onnx', '/d/weights/v2/model.onnx');
    const items = await judge(['/d/weights']);
    const names = items.flatMap((item) => (item.kind === 'version' ? [item.name] : []));
    expect(names).toEqual(['weights-v1', 'weights-v2']);
    expect(items.at(-1)).toMatchObject({
      kind: 'refused',
      error: { code: 'DROP_NO_VERSION_FOLDERS', params: { name: 'weights', folder: 'v1' } },
    });
  });

  test('a folder that cannot be read, alone or among others', async () => {
    const { fileSystem, judge } = disk('/d/all/a/1/model.onnx', '/d/all/b/1/model.onnx');
    fileSystem.fail('/d/all/b', 'EACCES');
    const items = await judge(['/d/all']);
    expect(items[0]).toMatchObject({ kind: 'model', name: 'a' });
    expect(refusals(items)).toEqual([['all/b', 'DROP_UNREADABLE']]);
    expect(JSON.stringify(items)).not.toContain('/d/all');
  });

  test('what is in the list already, whichever part of it was dropped', async () => {
    const { fileSystem, judge } = disk('/d/digits/1/model.onnx');
    fileSystem.link('/desktop/shortcut', '/d/digits');
    const models = [known('mine', '/d/digits')];
    for (const path of ['/d/digits', '/d/digits/1', '/d/digits/1/model.onnx', '/desktop/shortcut', '/d'])
      expect(await judge([path], models), path).toMatchObject([
        { kind: 'refused', error: { code: 'DROP_ALREADY_ADDED', params: { model: 'mine' } } },
      ]);
  });

  test('another model of a name that is taken is offered under a free one', async () => {
    const { judge } = disk('/d/digits/1/model.onnx');
    expect(await judge(['/d/digits'], [known('digits', '/else'), known('digits-2', '/where')])).toMatchObject(
      [{ kind: 'model', name: 'digits-3' }],
    );
  });

  test('a link that leaves what was dropped', async () => {
    const { fileSystem, judge } = disk(
      '/secret/1/model.onnx',
      '/d/all/a/1/model.onnx',
      '/d/all/a/2/model.onnx',
    );
    fileSystem.link('/d/all/b', '/secret');
    fileSystem.link('/d/all/a/2/weights.data', '/secret/1/model.onnx');
    const items = await judge(['/d/all']);
    expect(items[0]).toMatchObject({ kind: 'model', name: 'a', versions: [1] });
    expect(refusals(items)).toEqual([
      ['all/a/2', 'DROP_LINK_LEAVES_FOLDER'],
      ['all/b', 'DROP_LINK_LEAVES_FOLDER'],
    ]);
  });

  test('a circle of links ends', async () => {
    const { fileSystem, judge } = disk('/d/all/a/1/model.onnx');
    fileSystem.link('/d/all/round', '/d/all');
    expect(await judge(['/d/all'])).toMatchObject([{ kind: 'model', name: 'a' }]);
  });

  test('a device, and a network share on Windows', async () => {
    const { fileSystem, judge } = disk();
    fileSystem.special('/dev/thing');
    expect(refusals(await judge(['/dev/thing']))).toEqual([['thing', 'DROP_NOT_A_MODEL']]);
    for (const path of ['\\\\server\\share\\m', '//server/share', '\\\\?\\UNC\\server\\share']) {
      const found = await judgePaths([path], {
        known: [],
        isModel,
        forecast: () => 0,
        fileSystem,
        platform: 'win32',
      });
      expect(refusals(found.map(({ item }) => item))[0]?.[1], path).toBe('DROP_NETWORK_SHARE');
    }
  });

  test('more than 20,000 entries, and more than 6 levels', async () => {
    const { fileSystem, judge } = disk(
      '/d/deep/1a/2a/3a/4a/5a/6a/7a/m/1/model.onnx',
      '/d/wide/a/1/model.onnx',
    );
    for (let i = 0; i < 20_001; i++) fileSystem.write(`/d/wide/z/${i}x`);
    expect(refusals(await judge(['/d/deep']))).toEqual([['deep', 'DROP_TOO_LARGE']]);
    const items = await judge(['/d/wide']);
    expect(items[0]).toMatchObject({ kind: 'model', name: 'a' });
    expect(refusals(items)).toEqual([['wide', 'DROP_TOO_LARGE']]);
  });
});

describe('models that could take a version', () => {
  const files = [
    '/models/digits/1/model.onnx:1000',
    '/models/digits/3/model.onnx:1000',
    '/models/digits/3/labels.txt:50',
    '/models/flowers/1/model.onnx:400',
    '/models/flowers/1/labels.txt:30',
    '/models/zebra/7/model.onnx:90000',
  ];
  const models = [known('zebra'), known('flowers'), known('digits')];
  const targets = async (path: string, ...more: string[]): Promise<string[]> => {
    const items = await disk(...files, ...more).judge([path], models);
    return items.flatMap((item) =>
      item.kind === 'version'
        ? item.targets.map((it) => `${it.model}@${it.nextVersion}${it.isLike ? '' : ' unlike'}`)
        : [],
    );
  };

  test('the one of the same name comes first, with the number after its newest', async () => {
    expect(await targets('/d/flowers.onnx', '/d/flowers.onnx:5')).toEqual([
      'flowers@2',
      'digits@4 unlike',
      'zebra@8 unlike',
    ]);
    expect((await targets('/d/Digits_v4.onnx', '/d/Digits_v4.onnx:5'))[0]).toBe('digits@4');
  });

  test('without a name that says it, size and labels do', async () => {
    const [first] = await targets(
      '/d/retrained',
      '/d/retrained/model.onnx:405',
      '/d/retrained/labels.txt:30',
    );
    expect(first).toBe('flowers@2');
    expect((await targets('/d/out.onnx', '/d/out.onnx:90100'))[0]).toBe('zebra@8');
  });

  test('a model that cannot take versions, or whose folder is gone, is no target', async () => {
    const { judge } = disk(...files, '/d/x.onnx');
    const [item] = await judge(
      ['/d/x.onnx'],
      [{ ...known('digits'), canTakeVersions: false }, known('gone'), known('zebra')],
    );
    expect(item).toMatchObject({ targets: [{ model: 'zebra', nextVersion: 8 }] });
  });
});

describe('names', () => {
  test('a file called model takes the name of the folder that says more', () => {
    expect(nameOfFile('/d/vit/onnx/model.onnx')).toBe('vit');
    expect(nameOfFile('/d/digits/12/model.onnx')).toBe('digits');
    expect(nameOfFile('/model.onnx')).toBe('model');
    expect(nameOfFile('/d/my.best.onnx')).toBe('my.best');
  });

  test('whatever a folder is called, the name is one that a model may have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (name) => {
        expect(modelNameSchema.safeParse(modelNameFrom(name)).success).toBe(true);
      }),
    );
  });
});

const shared = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'models');
test.skipIf(!existsSync(shared))(
  'the folder of real models offers its three, and leaves the photos out',
  async () => {
    const items = (await judgePaths([shared], { known: [], isModel, forecast: () => 0 })).map(
      ({ item }) => item,
    );
    expect(items.map((item) => (item.kind === 'model' ? [item.name, item.versions] : item))).toEqual([
      ['fashion-mnist', [3, 2, 1]],
      ['flowers', [1]],
      ['imagenet', [2, 1]],
    ]);
  },
);
