import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';

const datasetFolder = '/usr/share/datasets/fashion-mnist'; // Debian's dataset-fashion-mnist
const samplesFolder = resolve(import.meta.dirname, '../../app/resources/samples/pictures');
const side = 28;
const imagesHead = 16;
const labelsHead = 8;
const perFolder = 1_000;
const encodedAtOnce = 64;

/** Are the 10,000 test pictures of Fashion-MNIST on this machine? */
export const hasFashionMnist = existsSync(join(datasetFolder, 't10k-images-idx3-ubyte.gz'));

/** The class of each test picture, by its number. */
export const fashionLabels = (): Uint8Array =>
  gunzipSync(readFileSync(join(datasetFolder, 't10k-labels-idx1-ubyte.gz'))).subarray(labelsHead);

/** The pixels of each test picture, one after the other. */
export const fashionPixels = (): Uint8Array =>
  gunzipSync(readFileSync(join(datasetFolder, 't10k-images-idx3-ubyte.gz'))).subarray(imagesHead);

/** The path of a picture that was written, relative to the folder. */
export const fashionName = (item: number): string =>
  `${Math.floor(item / perFolder)}/${String(item).padStart(5, '0')}.png`;

/** Writes the first `count` test pictures as PNG files, or the sample's again and again where the dataset is not installed. */
export async function writeFashionPictures(folder: string, count: number): Promise<void> {
  const pixels = hasFashionMnist ? fashionPixels() : null;
  const samples = (await readdir(samplesFolder)).filter((name) => name.endsWith('.png')).sort();
  const write = async (item: number): Promise<void> => {
    const path = join(folder, fashionName(item));
    if (!pixels) return copyFile(join(samplesFolder, samples[item % samples.length] ?? ''), path);
    const picture = pixels.subarray(item * side * side, (item + 1) * side * side);
    const raw = { width: side, height: side, channels: 1 } as const;
    await writeFile(path, await sharp(picture, { raw }).png().toBuffer());
  };
  for (let item = 0; item < count; item += perFolder)
    await mkdir(join(folder, fashionName(item), '..'), { recursive: true });
  for (let from = 0; from < count; from += encodedAtOnce) {
    const items = Array.from({ length: Math.min(encodedAtOnce, count - from) }, (_, index) => from + index);
    await Promise.all(items.map(write));
  }
}
