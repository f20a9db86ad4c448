import { AppError } from '../../app/base/errors';
import { type Disposable, toDisposable } from '../../app/base/lifecycle';
import { callSpecs, feedSpecs, type In, type Out, type Payload } from '../../app/contract';
import type { Bridge } from '../../app/contract/bridge';
import type { CallName, FeedName } from '../../app/contract/channels';
import { replySchema } from '../../app/contract/error';
import { type InputOffer, inputOfferSchema } from '../../app/contract/job-calls';
import { type Offer, offerSchema } from '../../app/contract/models';
import { type PictureOffer, pictureOfferSchema } from '../../app/contract/pictures';

/** The page's way to the engine: every answer is checked against the contract, every failure is an `AppError`. */
export interface Client {
  call<K extends CallName>(name: K, input: In<K>): Promise<Out<K>>;
  on<K extends FeedName>(name: K, listener: (payload: Payload<K>) => void): Disposable;
  /** Hands dropped files and folders to the engine as models; the page never sees their paths. */
  offerModels(files: readonly File[]): Promise<Offer>;
  /** Hands dropped files to the engine as pictures. */
  offerPictures(files: readonly File[]): Promise<PictureOffer>;
  /** Hands dropped folders and lists to the engine as input of a batch; models among them stay models. */
  offerInput(files: readonly File[]): Promise<InputOffer>;
}

function unwrap(raw: unknown): unknown {
  const reply = replySchema.parse(raw);
  if (!reply.ok) throw AppError.fromWire(reply.error);
  return reply.value;
}

export const createClient = (bridge: Bridge): Client => ({
  async call<K extends CallName>(name: K, input: In<K>): Promise<Out<K>> {
    return callSpecs[name].output.parse(unwrap(await bridge.call[name](input))) as Out<K>;
  },
  on: (name, listener) =>
    toDisposable(
      bridge.feed[name]((payload) => listener(feedSpecs[name].parse(payload) as Payload<typeof name>)),
    ),
  offerModels: async (files) => offerSchema.parse(unwrap(await bridge.offerModels(files))),
  offerPictures: async (files) => pictureOfferSchema.parse(unwrap(await bridge.offerPictures(files))),
  offerInput: async (files) => inputOfferSchema.parse(unwrap(await bridge.offerInput(files))),
});
