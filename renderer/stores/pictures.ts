import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WireError } from '../../app/base/errors';
import { type Disposable, toDisposable } from '../../app/base/lifecycle';
import type { Picture, PictureOffer } from '../../app/contract/pictures';
import type { Client } from '../client/client';

/** A file that is no picture, with the reason. */
export interface RefusedPicture {
  readonly name: string;
  readonly error: WireError;
}

export type TakePictures = (pictures: readonly Picture[]) => void;

export interface PicturesState {
  /** Of the last offer: shown beside the picture until the next one. */
  readonly refused: readonly RefusedPicture[];
  /** The pictures that come with the sample model; null until they were asked for. */
  readonly samples: readonly Picture[] | null;
  /** What the page in sight does with pictures; null where they are of no use. */
  readonly taker: TakePictures | null;
  /** Are files on their way into the app? */
  readonly isReading: boolean;
}

/** How pictures get into the app: those that can be read go to the page in sight, the others to `refused`. */
export interface PicturesStore {
  readonly store: StoreApi<PicturesState>;
  /** For as long as a page or a dialog is in sight that can use pictures; of several the last one gets them. */
  receive(taker: TakePictures): Disposable;
  /** The system's file dialog. */
  choose(): Promise<void>;
  /** Files and folders dropped on the window, by path. */
  drop(files: readonly File[]): Promise<void>;
  /** Pictures from the clipboard, by content. */
  paste(files: readonly File[]): Promise<void>;
  loadSamples(): Promise<void>;
  dismissRefused(): void;
}

export function createPicturesStore(client: Client): PicturesStore {
  let takers: readonly TakePictures[] = [];
  const store = createStore<PicturesState>()(() => ({
    refused: [],
    samples: null,
    taker: null,
    isReading: false,
  }));

  async function take(read: () => Promise<PictureOffer | null>): Promise<void> {
    store.setState({ isReading: true });
    try {
      const offer = await read();
      if (offer === null) return;
      store.setState({ refused: offer.refused });
      if (offer.pictures.length > 0) store.getState().taker?.(offer.pictures);
    } finally {
      store.setState({ isReading: false });
    }
  }

  const put = async (file: File): Promise<PictureOffer> =>
    client.call('pictures.put', { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });

  return {
    store,
    receive(taker) {
      takers = [...takers, taker];
      store.setState({ taker });
      return toDisposable(() => {
        takers = takers.filter((other) => other !== taker);
        store.setState({ taker: takers.at(-1) ?? null });
      });
    },
    choose: () => take(() => client.call('pictures.choose', undefined)),
    drop: (files) => take(() => client.offerPictures(files)),
    paste: (files) =>
      take(async () => {
        const offers = await Promise.all(files.map(put));
        return {
          pictures: offers.flatMap(({ pictures }) => pictures),
          refused: offers.flatMap(({ refused }) => refused),
        };
      }),
    async loadSamples() {
      if (store.getState().samples !== null) return;
      const { pictures } = await client.call('pictures.samples', undefined);
      store.setState({ samples: pictures });
    },
    dismissRefused: () => store.setState({ refused: [] }),
  };
}
