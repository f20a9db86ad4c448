import { basename } from 'node:path';
import type { Engine, Jobs } from '../../main/engine-api';
import { AppError } from '../base/errors';
import { isTensorFile, type TensorFormat } from '../base/tensor-files';
import type { Handlers } from '../contract';
import type { BatchInputChoice, ExportFormat, InputOffer } from '../contract/job-calls';
import type { Choose } from './dialogs';

/** What the system does for the page's jobs. */
export interface JobDesktop {
  readonly chooseBatchInput: Record<BatchInputChoice, Choose>;
  /** Where to write a file that would be called `name`; null when the person cancels. */
  readonly chooseExport: (name: string, format: ExportFormat | TensorFormat) => Promise<string | null>;
  readonly showInFolder: (path: string) => void;
}

type JobHandlers = Pick<Handlers, Extract<keyof Handlers, `jobs.${string}`>>;

/** Binds the contract's calls about jobs to the engine. */
export function createJobHandlers(engine: Promise<Engine>, desktop: JobDesktop): JobHandlers {
  const jobs = async (): Promise<Jobs> => (await engine).jobs;
  const exported = new Map<string, string>();
  /** Lets the person choose where, and writes there; null when they cancel. */
  const exportTo = async (
    id: string,
    format: ExportFormat | TensorFormat,
    write: (path: string) => Promise<void>,
  ): Promise<{ name: string } | null> => {
    const { title } = (await jobs()).get(id);
    const path = await desktop.chooseExport(`${fileNameOf(title)}.${format}`, format);
    if (path === null) return null;
    const name = basename(path);
    await write(path).catch((thrown: unknown) => {
      throw exportFailure(name, thrown);
    });
    exported.set(id, path);
    return { name };
  };
  return {
    'jobs.list': async () => {
      const ours = await jobs();
      return ours.list().map((job) => ours.batches.view(job));
    },
    'jobs.detail': async ({ id }) => (await jobs()).batches.detail(id),
    'jobs.chooseInput': async ({ kind }) => {
      const paths = await desktop.chooseBatchInput[kind]();
      return paths.length === 0 ? null : (await jobs()).batches.offer(paths);
    },
    'jobs.offerPictures': async ({ pictures }) => {
      const { jobs: ours, pictures: known } = await engine;
      const paths = pictures.flatMap((id) => known.pathOf(id) ?? []);
      if (paths.length === 0) throw new AppError('BATCH_PASTED_PICTURES');
      return ours.batches.offer(paths);
    },
    'jobs.startBatch': async (request) => {
      const { batches } = await jobs();
      return batches.view(batches.start(request));
    },
    'jobs.startPrediction': async (request) => {
      const { batches } = await jobs();
      return batches.view(batches.startPrediction(request));
    },
    'jobs.pause': async ({ id }) => (await jobs()).pause(id),
    'jobs.resume': async ({ id }) => (await jobs()).resume(id),
    'jobs.cancel': async ({ id }) => (await jobs()).cancel(id),
    'jobs.retry': async ({ id }) => {
      const ours = await jobs();
      return ours.batches.view(ours.retry(id));
    },
    'jobs.runAgain': async ({ id }) => {
      const ours = await jobs();
      return ours.batches.view(ours.runAgain(id));
    },
    'jobs.remove': async ({ id }) => (await jobs()).remove(id),
    'jobs.setPriority': async ({ id, priority }) => (await jobs()).setPriority(id, priority),
    'jobs.results': async ({ id, ...request }) => (await jobs()).batches.page(id, request),
    'jobs.counts': async ({ id }) => (await jobs()).batches.counts(id),
    'jobs.openPicture': async ({ id, item }) => {
      const { jobs: ours, pictures } = await engine;
      return pictures.offerFiles([await ours.batches.pictureFile(id, item)]);
    },
    'jobs.export': async ({ id, format }) => {
      const ours = await jobs();
      return exportTo(id, format, (path) => ours.exportBatch(id, path, format));
    },
    'jobs.exportPredictions': async ({ id }) => {
      const ours = await jobs();
      const { prediction } = ours.batches.view(ours.get(id));
      if (!prediction)
        throw new AppError('FAILED_PRECONDITION', { id }, { detail: 'This job is no such batch' });
      const { target } = prediction;
      return exportTo(id, target, (path) => ours.exportPredictions(id, path, target));
    },
    'jobs.showExport': async ({ id }) => {
      const path = exported.get(id);
      if (path !== undefined) desktop.showInFolder(path);
    },
    'jobs.showInput': async ({ id }) => desktop.showInFolder((await jobs()).batches.inputPath(id)),
  };
}

/** Where models and pictures are dropped together: what holds models is offered as such, all else as input of a batch. An array could be a table of values; here it is input. */
export async function offerInput(engine: Engine, paths: readonly string[]): Promise<InputOffer> {
  if (!paths.every(isTensorFile)) {
    const models = await engine.models.offer(paths);
    if (models.items.some(({ kind }) => kind !== 'refused')) return { kind: 'models', offer: models };
  }
  return { kind: 'batch', offer: await engine.jobs.batches.offer(paths) };
}

/** A title without what file names cannot hold anywhere. */
const fileNameOf = (title: string): string =>
  title
    .replaceAll(/[\\/:*?"<>|]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

function exportFailure(name: string, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return new AppError(
    'EXPORT_FAILED',
    { name },
    { detail: `The file cannot be written (${code})`, cause: thrown },
  );
}
