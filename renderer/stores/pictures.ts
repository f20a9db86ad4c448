import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WireError } from '../../app/base/errors';
import type { Picture, PictureOffer } from '../../app/contract/pictures';
import type { Client } from '../client/client';

/** A file that is no picture, with the reason. */
export interface RefusedPicture {
  readonly name: string;
  readonly error: WireError;
}

export interface PicturesState {
  /** Of the last offer: shown beside the picture until the next one. */
  readonly refused: readonly RefusedPicture[];
  /** The pictures that come with the sample model; null until they were asked for. */
  readonly samples: readonly Picture[] | null;
}

/** How pictures get into the app. Each way answers with those that can be read; the others are in `refused`. */
export interface PicturesStore {
  readonly store: StoreApi<PicturesState>;
  /** The system's file dialog; nothing when it is cancelled. */
  choose(): Promise<readonly Picture[]>;
  /** Files and folders dropped on the window, by path. */
  drop(files: readonly File[]): Promise<readonly Picture[]>;
  /** Pictures from the clipboard, by content. */
  paste(files: readonly File[]): Promise<readonly Picture[]>;
  loadSamples(): Promise<void>;
  dismissRefused(): void;
}

export function createPicturesStore(client: Client): PicturesStore {
  const store = createStore<PicturesState>()(() => ({ refused: [], samples: null }));

  const take = ({ pictures, refused }: PictureOffer): readonly Picture[] => {
    store.setState({ refused });
    return pictures;
  };
  return {
    store,
    async choose() {
      const offer = await client.call('pictures.choose', undefined);
      return offer === null ? [] : take(offer);
    },
    drop: async (files) => take(await client.offerPictures(files)),
    async paste(files) {
      const offers = await Promise.all(
        files.map(async (file) =>
          client.call('pictures.put', {
            name: file.name,
            bytes: new Uint8Array(await file.arrayBuffer()),
          }),
        ),
      );
      return take({
        pictures: offers.flatMap(({ pictures }) => pictures),
        refused: offers.flatMap(({ refused }) => refused),
      });
    },
    async loadSamples() {
      if (store.getState().samples !== null) return;
      const { pictures } = await client.call('pictures.samples', undefined);
      store.setState({ samples: pictures });
    },
    dismissRefused: () => store.setState({ refused: [] }),
  };
}
