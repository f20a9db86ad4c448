import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { type Imaging, PictureStore } from '../../../main/engine/pictures';

/** Reads "pictures" of the form `WIDTHxHEIGHT`; anything else is unreadable. */
class FakeImaging implements Imaging {
  drawn = 0;

  probe(picture: Uint8Array) {
    const size = /^(\d+)x(\d+)$/.exec(new TextDecoder().decode(picture));
    if (!size)
      return Promise.reject(new AppError('PICTURE_UNREADABLE', {}, { detail: 'unsupported format' }));
    return Promise.resolve({ width: Number(size[1]), height: Number(size[2]), format: 'png' });
  }

  draw(picture: Uint8Array, maxSide: number) {
    this.drawn++;
    const text = `${new TextDecoder().decode(picture)} within ${maxSide}`;
    return Promise.resolve({ bytes: new TextEncoder().encode(text), mime: 'image/webp' });
  }
}

let folder: string;
let imaging: FakeImaging;
let store: PictureStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-pictures-'));
  imaging = new FakeImaging();
  store = new PictureStore({ imaging, samplesFolder: folder });
});
afterEach(() => rm(folder, { recursive: true }));
const put = async (name: string, content: string): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test('files keep their order; what is no picture is refused by name and harms no other', async () => {
  const paths = [
    await put('b.png', '30x20'),
    await put('notes.txt', 'hello'),
    folder,
    join(folder, 'gone.png'),
    await put('a.png', '5x6'),
  ];
  const { pictures, refused } = await store.offerFiles(paths);
  expect(pictures.map(({ name, width, height, bytes }) => [name, width, height, bytes])).toEqual([
    ['b.png', 30, 20, 5],
    ['a.png', 5, 6, 3],
  ]);
  expect(refused.map(({ name, error }) => [name, error.code])).toEqual([
    ['notes.txt', 'PICTURE_UNREADABLE'],
    [folder.split('/').at(-1), 'PICTURE_IS_FOLDER'],
    ['gone.png', 'PICTURE_NOT_FOUND'],
  ]);
  expect(JSON.stringify(refused.map(({ error }) => error.detail))).not.toContain(folder);
});

test('a drawing is made once, however many ask at the same time', async () => {
  const { pictures } = await store.offerBytes('pasted.png', new TextEncoder().encode('9x9'));
  const id = pictures[0]?.id ?? '';
  const [one, two] = await Promise.all([store.draw(id, 'thumb'), store.draw(id, 'thumb')]);
  await store.draw(id, 'thumb');
  expect(text(one.bytes)).toBe('9x9 within 96');
  expect(two).toBe(one);
  expect(imaging.drawn).toBe(1);
  expect(text((await store.draw(id, 'view')).bytes)).toBe('9x9 within 1024');
});

test('a file is read when it is needed: one deleted meanwhile is said to be gone, a pasted one is held', async () => {
  const path = await put('a.png', '1x2');
  const { pictures } = await store.offerFiles([path]);
  const pasted = await store.offerBytes('p.png', new TextEncoder().encode('3x4'));
  expect(text(await store.read(pictures[0]?.id ?? ''))).toBe('1x2');
  await rm(path);
  await expect(store.read(pictures[0]?.id ?? '')).rejects.toMatchObject({ code: 'PICTURE_NOT_FOUND' });
  await expect(store.draw(pictures[0]?.id ?? '', 'view')).rejects.toMatchObject({
    code: 'PICTURE_NOT_FOUND',
  });
  expect(text(await store.read(pasted.pictures[0]?.id ?? ''))).toBe('3x4');
  await expect(store.read('never-there')).rejects.toMatchObject({ code: 'PICTURE_NOT_FOUND' });
});

test('samples are the shipped pictures in the order of their names, with the same ids each time', async () => {
  await expect(store.samples()).rejects.toThrow(); // the folder is not there
  await mkdir(join(folder, 'pictures'));
  for (const name of ['2.png', '1.png', 'LICENSE']) await put(join('pictures', name), '2x2');
  const first = await store.samples();
  expect(first.pictures.map((it) => it.name)).toEqual(['1.png', '2.png']);
  expect(await store.samples()).toEqual(first);
});
