import { mkdir } from 'node:fs/promises';
import { AppError } from '../../../app/base/errors';
import type { OpenTensorsInput } from '../protocol';
import type { RunnerModule } from '../runner-module';
import { answerBlock, checkRows, type TensorModel } from './answer-block';
import { writePart } from './part-file';
import { openTensors, type TensorSource } from './tensor-source';
import { writeTensors } from './write-tensors';

export interface TensorWork {
  readonly methods: Pick<RunnerModule, 'openTensors' | 'predictBlock' | 'failRows' | 'writeTensors'>;
  /** Lets go of the file. */
  close(): Promise<void>;
}

/** What a batch runner answers about rows of tensors; `models` are the versions that it has opened. */
export function tensorWork(models: () => readonly TensorModel[]): TensorWork {
  let opened: { readonly source: TensorSource; readonly outputs: readonly string[] } | undefined;
  const close = async (): Promise<void> => {
    await opened?.source.close();
    opened = undefined;
  };
  const methods: TensorWork['methods'] = {
    openTensors: async (input) => {
      const { path, format, folder, outputs } = input;
      for (const model of models()) checkOutputs(model, input, models().length);
      await close();
      const source = await openTensors(path, format, folder);
      opened = { source, outputs };
      for (const model of models()) await checkRows(model, source);
      return { rows: source.rows, blocks: source.blocks };
    },

    predictBlock: async ({ block, only, versions, folder }, context) => {
      if (!opened) throw new AppError('FAILED_PRECONDITION', {}, { detail: 'No file is open' });
      await mkdir(folder, { recursive: true });
      const asked = models().filter(({ version }) => versions.includes(version));
      const question = { ...opened, block, context };
      const answers = await Promise.all(
        asked.map(async (model) => {
          const parts = await answerBlock(model, question, only);
          for (const part of parts) await writePart(folder, model.version, part);
          return parts.flatMap(({ from, error }) =>
            error ? [{ row: from, version: model.version, error }] : [],
          );
        }),
      );
      return answers.flat();
    },

    failRows: async ({ failed, folder }) => {
      await mkdir(folder, { recursive: true });
      for (const { row, version, error } of failed)
        await writePart(folder, version, { from: row, rows: 1, outputs: {}, error });
      return null;
    },

    writeTensors: async (input) => {
      await writeTensors(input);
      return null;
    },
  };
  return { methods, close };
}

/** Throws INVALID_ARGUMENT, before anything is asked. */
function checkOutputs(
  { description, module, version }: TensorModel,
  { outputs, target }: OpenTensorsInput,
  versionCount: number,
): void {
  if (!module.predict) throw new AppError('SERVABLE_WRONG_TYPE');
  const names = description.outputs.map(({ name }) => name);
  const unknown = outputs.find((name) => !names.includes(name));
  if (unknown !== undefined) throw invalid(`Version ${version} has no output "${unknown}"`);
  const count = (outputs.length || names.length) * versionCount;
  if (count > 1 && (target === 'npy' || target === 'idx'))
    throw invalid(
      `A .${target} file holds one array, and there are ${count} (${names.join(', ')}): use .npz`,
    );
}

const invalid = (detail: string): AppError => new AppError('INVALID_ARGUMENT', {}, { detail });
