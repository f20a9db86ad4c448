import { createStore, type StoreApi } from 'zustand/vanilla';
import type { TensorFormat } from '../../app/base/tensor-files';
import type {
  BatchInputChoice,
  BatchOffer,
  JobView,
  PictureBatchOffer,
  TensorBatchOffer,
} from '../../app/contract/job-calls';
import type { Client } from '../client/client';
import type { Translator } from '../messages/translator';
import type { Adding } from './adding';
import type { JobsStore } from './jobs';
import type { Router } from './router';
import type { Toasts } from './toasts';

export interface BatchingState {
  readonly isOpen: boolean;
  /** What a batch would be about; null until it is chosen. */
  readonly offer: BatchOffer | null;
  /** Is something looked at right now? */
  readonly isLooking: boolean;
}

interface Asked {
  readonly model: string;
  readonly versions: readonly number[];
}

/** What a batch is asked for with: pictures are answered with classes, tensors with a file of such a form. */
export type BatchWish =
  | (Asked & { readonly offer: PictureBatchOffer; readonly top: number })
  | (Asked & { readonly offer: TensorBatchOffer; readonly target: TensorFormat });

/** From a drop or a chosen folder to a batch: counting happens in the engine, deciding in the sheet. */
export interface Batching {
  readonly store: StoreApi<BatchingState>;
  /** Opens the sheet without an input. */
  open(): void;
  /** Takes folders, lists and files of tensors that were dropped; models among them are added instead. */
  takeFiles(files: readonly File[]): Promise<void>;
  chooseInput(kind: BatchInputChoice): Promise<void>;
  /** Takes pictures that are in the page already. */
  takePictures(ids: readonly string[]): Promise<void>;
  /** Starts what was decided, and shows it. Throws `AppError`; the sheet then stays open. */
  start(wish: BatchWish): Promise<void>;
  close(): void;
}

export interface BatchingParts {
  readonly client: Client;
  readonly router: Router;
  readonly toasts: Toasts;
  readonly adding: Adding;
  readonly jobs: JobsStore;
  readonly t: Translator['t'];
}

export function createBatching({ client, router, toasts, adding, jobs, t }: BatchingParts): Batching {
  const store = createStore<BatchingState>()(() => ({ isOpen: false, offer: null, isLooking: false }));
  const look = async (find: () => Promise<BatchOffer | null>): Promise<void> => {
    store.setState({ isLooking: true });
    try {
      const offer = await find();
      if (offer) store.setState({ isOpen: true, offer });
    } catch (thrown) {
      toasts.fail(thrown);
    } finally {
      store.setState({ isLooking: false });
    }
  };
  const begin = ({ model, versions, ...wish }: BatchWish): Promise<JobView> => {
    const asked = { ticket: wish.offer.ticket, model, versions: [...versions] };
    if ('target' in wish) {
      const title = t('jobs.batchTitle', { name: wish.offer.name, others: 0 });
      return client.call('jobs.startPrediction', { ...asked, title, target: wish.target });
    }
    const title = t('jobs.batchTitle', { name: wish.offer.name, others: wish.offer.others });
    return client.call('jobs.startBatch', { ...asked, title, top: wish.top });
  };
  return {
    store,
    open: () => store.setState({ isOpen: true, offer: null }),
    takeFiles: (files) =>
      look(async () => {
        const input = await client.offerInput(files);
        if (input.kind === 'batch') return input.offer;
        await adding.takeOffer(input.offer);
        return null;
      }),
    chooseInput: (kind) => look(() => client.call('jobs.chooseInput', { kind })),
    takePictures: (ids) => look(() => client.call('jobs.offerPictures', { pictures: [...ids] })),
    async start(wish) {
      const job = await begin(wish);
      jobs.take(job);
      store.setState({ isOpen: false, offer: null });
      router.navigate({ area: 'jobs', job: job.id, tab: null });
    },
    close: () => store.setState({ isOpen: false }),
  };
}
