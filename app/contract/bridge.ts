import type { CallName, FeedName } from './channels';

/** What the preload exposes to the page as `window.bridge`; a test provides the same shape. */
export interface Bridge {
  readonly call: Readonly<Record<CallName, (input: unknown) => Promise<unknown>>>;
  readonly feed: Readonly<Record<FeedName, (onPayload: (payload: unknown) => void) => () => void>>;
  /** Offers dropped files and folders as models: answers a `Reply` that holds an `Offer`. */
  readonly offerModels: (files: readonly File[]) => Promise<unknown>;
  /** Offers dropped files as pictures: answers a `Reply` that holds a `PictureOffer`. */
  readonly offerPictures: (files: readonly File[]) => Promise<unknown>;
  /** Offers dropped folders and lists as input of a batch: answers a `Reply` that holds an `InputOffer`. */
  readonly offerInput: (files: readonly File[]) => Promise<unknown>;
}
