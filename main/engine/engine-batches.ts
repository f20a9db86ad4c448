import { basename } from 'node:path';
import { AppError } from '../../app/base/errors';
import type { BatchOffer, JobDetail, JobView, ResultPage } from '../../app/contract/job-calls';
import type { Job, ResultCounts } from '../../app/contract/jobs';
import type { Batches } from '../engine-api';
import { pictureFile, pictureName } from '../jobs/batch/batch-input';
import { type BatchParams, batchParamsSchema } from '../jobs/batch/batch-params';
import type { BatchResults } from '../jobs/batch/batch-results';
import type { PageRequest } from '../jobs/batch/batch-views';
import type { JobQueue } from '../jobs/job-queue';
import {
  type PredictionParams,
  predictionKind,
  predictionParamsSchema,
} from '../jobs/tensors/prediction-params';
import { BatchOffers } from './batch-offers';

export const batchKind = 'batchClassification';

export interface EngineBatchesOptions {
  readonly queue: JobQueue;
  readonly results: BatchResults;
  /** Where lists of picked pictures are kept; null keeps none. */
  readonly listsFolder: string | null;
}

/** Batches as people work with them: by ticket, by job, and by a picture's place in the input, never by path. */
export class EngineBatches implements Batches {
  readonly #queue: JobQueue;
  readonly #results: BatchResults;
  readonly #offers: BatchOffers;

  private constructor({ queue, results, listsFolder }: EngineBatchesOptions) {
    this.#queue = queue;
    this.#results = results;
    this.#offers = new BatchOffers(listsFolder);
  }

  static async open(options: EngineBatchesOptions): Promise<EngineBatches> {
    const batches = new EngineBatches(options);
    const inputs = options.queue.list().flatMap((job) => paramsOf(job)?.input ?? []);
    await batches.#offers.deleteUnused(inputs);
    return batches;
  }

  offer(paths: readonly string[]): Promise<BatchOffer> {
    return this.#offers.offer(paths);
  }

  start({ ticket, title, model, versions, top }: Parameters<Batches['start']>[0]): Job {
    const input = this.#offers.takePictures(ticket);
    const params: BatchParams = { model, versions: [...versions], top, input };
    return this.#queue.add({ kind: batchKind, title, model, versions, params });
  }

  startPrediction({
    ticket,
    title,
    model,
    versions,
    target,
  }: Parameters<Batches['startPrediction']>[0]): Job {
    const input = this.#offers.takeTensors(ticket);
    const params: PredictionParams = { model, versions: [...versions], outputs: [], input, target };
    return this.#queue.add({ kind: predictionKind, title, model, versions, params });
  }

  view(job: Job): JobView {
    const { log: _, rates: __, params: ___, ...rest } = job;
    return { ...rest, batch: this.#batchView(job), prediction: predictionView(job) };
  }

  #batchView(job: Job): JobView['batch'] {
    const params = paramsOf(job);
    if (!params) return null;
    const { input, top } = params;
    const kind = this.#offers.isOwnList(input) ? 'pictures' : input.kind;
    return { input: { kind, name: basename(input.path) }, top };
  }

  async detail(id: string): Promise<JobDetail> {
    const job = this.#queue.get(id);
    const versions = paramsOf(job) ? ((await this.#results.versions(id)) ?? []) : [];
    const { log, rates } = job;
    return { log, rates, versions: versions.map(({ version, hash }) => ({ version, hash })) };
  }

  async page(id: string, request: PageRequest): Promise<ResultPage> {
    const { input } = this.#paramsOf(id);
    const { total, rows } = await this.#results.views.page(id, request);
    return {
      total,
      rows: rows.map(({ item, picture, answers }) => ({
        item,
        name: pictureName(input, picture),
        thumb: answers.every(({ error }) => error !== null)
          ? null
          : `slipway://app/batches/${id}/${item}/thumb`,
        answers: [...answers],
      })),
    };
  }

  counts(id: string): Promise<ResultCounts> {
    this.#paramsOf(id);
    return this.#results.views.counts(id);
  }

  async pictureFile(id: string, item: number): Promise<string> {
    const { input } = this.#paramsOf(id);
    const picture = await this.#results.picture(id, item);
    if (picture === undefined) throw new AppError('PICTURE_NOT_FOUND', {}, { detail: `No picture ${item}` });
    return pictureFile(input, picture);
  }

  inputPath(id: string): string {
    return (predictionOf(this.#queue.get(id)) ?? this.#paramsOf(id)).input.path;
  }

  #paramsOf(id: string): BatchParams {
    const params = paramsOf(this.#queue.get(id));
    if (!params)
      throw new AppError('FAILED_PRECONDITION', { id }, { detail: 'This job is no batch over pictures' });
    return params;
  }
}

/** Null also for a batch of another Slipway that this one cannot read: it is listed all the same. */
const paramsOf = ({ kind, params }: Job): BatchParams | null =>
  kind === batchKind ? (batchParamsSchema.safeParse(params).data ?? null) : null;

const predictionOf = ({ kind, params }: Job): PredictionParams | null =>
  kind === predictionKind ? (predictionParamsSchema.safeParse(params).data ?? null) : null;

function predictionView(job: Job): JobView['prediction'] {
  const params = predictionOf(job);
  if (!params) return null;
  const { input, target } = params;
  return { input: { format: input.format, name: basename(input.path) }, target };
}
