import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { AppError } from '../../app/base/errors';
import type { Picture, PictureOffer } from '../../app/contract/pictures';
import type { Pictures } from '../engine-api';
import { maxPictureBytes, pictureTooLarge, readPicture } from '../runner/picture-file';

/** Looks at and draws pictures, out of this process. Both throw PICTURE_UNREADABLE or PICTURE_TOO_LARGE. */
export interface Imaging {
  probe(picture: Uint8Array): Promise<{ width: number; height: number; format: string }>;
  draw(picture: Uint8Array, maxSide: number): Promise<{ bytes: Uint8Array; mime: string }>;
}

export interface PictureStoreOptions {
  readonly imaging: Imaging;
  readonly samplesFolder: string | null;
  /** How the page reaches a drawing. */
  readonly urlOf?: (id: string, size: 'view' | 'thumb') => string;
}

type Origin = { readonly path: string } | { readonly bytes: Uint8Array };

const maxHeldBytes = 256 * 1024 * 1024;
const maxDrawnBytes = 64 * 1024 * 1024;
const maxPictures = 10_000;
const sides = { view: 1024, thumb: 96 } as const;
const pictureName = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i;

/**
 * Pictures by id: files stay on disk and are read when needed, pasted ones are held (the oldest of more than 256 MB are let
 * go). Drawings are kept while there is room.
 */
export class PictureStore implements Pictures {
  readonly #imaging: Imaging;
  readonly #samplesFolder: string | null;
  readonly #urlOf: (id: string, size: 'view' | 'thumb') => string;
  readonly #origins = new LRUCache<string, Origin>({
    max: maxPictures,
    maxSize: maxHeldBytes,
    sizeCalculation: (origin) => ('bytes' in origin ? Math.max(1, origin.bytes.byteLength) : 1),
  });
  readonly #drawings = new LRUCache<string, { bytes: Uint8Array; mime: string }>({
    maxSize: maxDrawnBytes,
    sizeCalculation: ({ bytes }) => Math.max(1, bytes.byteLength),
  });
  readonly #drawing = new Map<string, Promise<{ bytes: Uint8Array; mime: string }>>();
  readonly #oneByOne = pLimit(2);
  #samples: Promise<PictureOffer> | undefined;

  constructor({ imaging, samplesFolder, urlOf }: PictureStoreOptions) {
    this.#imaging = imaging;
    this.#samplesFolder = samplesFolder;
    this.#urlOf = urlOf ?? ((id, size) => `slipway://app/pictures/${id}/${size}`);
  }

  /** Answers in the order of `paths`; what cannot be read as a picture is refused by name, and harms no other. */
  async offerFiles(paths: readonly string[]): Promise<PictureOffer> {
    return this.#offer(
      paths.map((path) => ({
        name: basename(path),
        origin: { path },
        read: () => readPicture(path),
      })),
    );
  }

  async offerBytes(name: string, bytes: Uint8Array): Promise<PictureOffer> {
    const read = (): Promise<Uint8Array> => {
      if (bytes.byteLength > maxPictureBytes) return Promise.reject(pictureTooLarge(bytes.byteLength));
      return Promise.resolve(bytes);
    };
    return this.#offer([{ name, origin: { bytes }, read }]);
  }

  /** The pictures that ship with the app, the same ids each time. */
  samples(): Promise<PictureOffer> {
    this.#samples ??= this.#findSamples().catch((error: unknown) => {
      this.#samples = undefined;
      throw error;
    });
    return this.#samples;
  }

  async read(id: string): Promise<Uint8Array> {
    const origin = this.#origins.get(id);
    if (!origin) throw new AppError('PICTURE_NOT_FOUND', {}, { detail: 'No picture with this id' });
    return 'bytes' in origin ? origin.bytes : readPicture(origin.path);
  }

  /** Where the picture lies on this machine; null for one that was pasted or is no longer known. Never for a client. */
  pathOf(id: string): string | null {
    const origin = this.#origins.get(id);
    return origin && 'path' in origin ? origin.path : null;
  }

  draw(id: string, size: 'view' | 'thumb'): Promise<{ bytes: Uint8Array; mime: string }> {
    return this.#drawn(`${id}/${size}`, () => this.read(id), size);
  }

  drawFile(path: string, size: 'view' | 'thumb'): Promise<{ bytes: Uint8Array; mime: string }> {
    return this.#drawn(`${path}/${size}`, () => readPicture(path), size);
  }

  #drawn(
    key: string,
    read: () => Promise<Uint8Array>,
    size: 'view' | 'thumb',
  ): Promise<{ bytes: Uint8Array; mime: string }> {
    const drawn = this.#drawings.get(key);
    if (drawn) return Promise.resolve(drawn);
    const underWay =
      this.#drawing.get(key) ??
      this.#oneByOne(async () => {
        const drawing = await this.#imaging.draw(await read(), sides[size]);
        this.#drawings.set(key, drawing);
        return drawing;
      }).finally(() => this.#drawing.delete(key));
    this.#drawing.set(key, underWay);
    return underWay;
  }

  async #offer(
    items: readonly { name: string; origin: Origin; read: () => Promise<Uint8Array> }[],
  ): Promise<PictureOffer> {
    const results = await Promise.all(
      items.map(({ name, origin, read }) =>
        this.#oneByOne(async () => {
          try {
            return { picture: await this.#take(name, origin, await read()) };
          } catch (error) {
            const { code, status, params, detail } = AppError.from(error).toWire();
            return { refused: { name, error: { code, status, params: { name, ...params }, detail } } };
          }
        }),
      ),
    );
    return {
      pictures: results.flatMap((it) => (it.picture ? [it.picture] : [])),
      refused: results.flatMap((it) => (it.refused ? [it.refused] : [])),
    };
  }

  async #take(name: string, origin: Origin, bytes: Uint8Array): Promise<Picture> {
    const { width, height, format } = await this.#imaging.probe(bytes);
    const id = randomUUID();
    this.#origins.set(id, origin);
    const urls = { view: this.#urlOf(id, 'view'), thumb: this.#urlOf(id, 'thumb') };
    return { id, name, bytes: bytes.byteLength, width, height, format, urls };
  }

  async #findSamples(): Promise<PictureOffer> {
    if (this.#samplesFolder === null) return { pictures: [], refused: [] };
    const folder = join(this.#samplesFolder, 'pictures');
    const names = (await readdir(folder)).filter((it) => pictureName.test(it)).sort();
    return this.offerFiles(names.map((it) => join(folder, it)));
  }
}
