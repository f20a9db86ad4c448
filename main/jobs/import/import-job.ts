import { z } from 'zod';
import { AppError } from '../../../app/base/errors';
import { modelNameSchema } from '../../../app/contract/models';
import { type ImportedVersion, importVersion } from '../../sources/library-source';
import type { JobKind, JobRun } from '../job-kind';
import type { JobQueue } from '../job-queue';

const importParamsSchema = z.strictObject({
  model: modelNameSchema,
  form: z.enum(['versionFolder', 'modelFile', 'archive']),
  /** Absolute, on this machine. */
  path: z.string().min(1),
  /** What people call it. */
  source: z.string(),
  /** Where the model that takes it is. */
  modelFolder: z.string().min(1),
  /** Is the model made for it? */
  isNewModel: z.boolean(),
});
export type ImportParams = z.infer<typeof importParamsSchema>;

export const importKind = 'import';
const megabyte = 1_000_000;

/**
 * Copies a version into a model's folder. Its items are megabytes. Whoever asked waits for it, and makes a new model of it: so after a
 * restart only what joins a model that is there goes on.
 */
export class ImportJob implements JobKind<ImportParams> {
  readonly name = importKind;
  readonly isHeavy = false;
  readonly params = importParamsSchema;
  readonly #isModel: (files: readonly string[]) => boolean;
  /** Of those that are waited for. */
  readonly #imported = new Map<string, ImportedVersion | null>();

  constructor(isModel: (files: readonly string[]) => boolean) {
    this.#isModel = isModel;
  }

  async run(run: JobRun<ImportParams>): Promise<void> {
    const { form, path, source, modelFolder, isNewModel } = run.params;
    if (isNewModel && !this.#imported.has(run.id)) throw new AppError('DROP_EXPIRED');
    let reached = 0;
    const imported = await importVersion({
      form,
      path,
      name: source,
      modelFolder,
      isNewModel,
      isModel: this.#isModel,
      signal: run.signal,
      ready: () => run.ready(),
      onProgress: ({ doneBytes, totalBytes }) => {
        const megabytes = Math.floor(doneBytes / megabyte);
        if (reached === 0) run.total(Math.max(1, Math.ceil(totalBytes / megabyte)));
        if (megabytes > reached) run.reached(megabytes);
        reached = Math.max(reached, megabytes);
      },
    });
    if (this.#imported.has(run.id)) this.#imported.set(run.id, imported);
  }

  /** Queues an import and waits for its end. Throws CANCELLED, and why it failed. */
  async through(queue: JobQueue, params: ImportParams): Promise<ImportedVersion> {
    const { id } = queue.add({ kind: importKind, title: params.source, model: params.model, params });
    this.#imported.set(id, null);
    try {
      await ended(queue, id);
      const imported = this.#imported.get(id);
      if (!imported) throw new AppError('CANCELLED');
      return imported;
    } finally {
      this.#imported.delete(id);
    }
  }
}

function ended(queue: JobQueue, id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const subscription = queue.onDidChange(({ id: changed, state, error }) => {
      if (changed !== id || !['done', 'failed', 'cancelled', 'interrupted'].includes(state)) return;
      subscription.dispose();
      if (error) reject(AppError.fromWire(error));
      else resolve();
    });
  });
}
