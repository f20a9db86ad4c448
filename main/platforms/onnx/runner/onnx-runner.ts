import pLimit from 'p-limit';
import { AppError } from '../../../../app/base/errors';
import type { Preprocessing } from '../../../../app/contract/inference';
import type { BatchingSettings } from '../../../runner/batching/batching-parameters';
import { assertSize, decodePicture } from '../../../runner/decode';
import type { LoadInput, RunnerClassification, RunningReport } from '../../../runner/protocol';
import { abortReason } from '../../../runner/run-queue';
import type { CallContext, CreateRunnerModule } from '../../../runner/runner-module';
import { readBatchingFile } from './batching-file';
import { findPreprocessing } from './find-preprocessing';
import { LoadedModel } from './loaded-model';
import { ModelBatching } from './model-batching';
import { rankClasses, scoresOf } from './postprocess';
import { defaultThreads } from './session';
import { viewInput } from './view-input';

/**
 * Pictures decoded ahead, in sharp's own threads, while the model runs in this one. A decode takes two trips through the event loop, which
 * runs block: with as many under way as the pool has threads there is always one that goes on meanwhile.
 */
const decodesAhead = 4;

/** A picture of the model's size, with what it was made for and when. */
interface Decoded {
  readonly rgb: Uint8Array;
  readonly preprocessing: Preprocessing;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** How the model runs, and who decided it. */
function runningOf(
  { options }: LoadInput,
  { classifier, provider }: LoadedModel,
  settings: BatchingSettings | 'off' | undefined,
  { maxBatchSize, batchTimeoutMicros }: ModelBatching['effective'],
): RunningReport {
  const isMeasured = classifier !== null && classifier.fixedBatch === null;
  const source = options.batching ? 'set' : settings ? 'folder' : isMeasured ? 'measured' : 'model';
  return {
    batching: { source, maxBatchSize, batchTimeoutMicros },
    intraOpThreads: options.intraOpThreads ?? defaultThreads,
    provider,
  };
}

/** Runs ONNX models. */
export const createOnnxRunner: CreateRunnerModule = (host) => {
  const { queue, meter } = host;
  let model: LoadedModel | undefined;
  let batching: ModelBatching | undefined;
  const decoding = pLimit(decodesAhead);
  meter.addQueue(() => decoding.pendingCount + (batching?.waiting ?? 0));
  const loaded = (): LoadedModel => {
    if (!model) throw new AppError('FAILED_PRECONDITION', {}, { detail: 'No model is loaded' });
    return model;
  };
  const batched = (): ModelBatching => {
    if (!batching) throw new AppError('FAILED_PRECONDITION', {}, { detail: 'No model is loaded' });
    return batching;
  };

  async function classify(
    { rgb, preprocessing, ...decode }: Decoded,
    top: number,
    { signal, arrivedAt }: CallContext,
  ): Promise<RunnerClassification> {
    const { classifier, labelOf } = loaded().pictures;
    const { scores, output, startedAt, preprocessMs, runMs } = await batched().classify(
      rgb,
      preprocessing,
      signal,
    );
    return {
      ...rankClasses(scores, preprocessing.output, top, labelOf),
      output: {
        name: classifier.outputName,
        dtype: output.dtype,
        shape: [...output.shape],
        form: preprocessing.output,
      },
      timingsMs: {
        queue: decode.startedAt - arrivedAt + (startedAt - decode.endedAt),
        decode: decode.endedAt - decode.startedAt,
        preprocess: preprocessMs,
        run: runMs,
      },
    };
  }

  return {
    load: async (input, { enter }) => {
      if (model) throw new AppError('FAILED_PRECONDITION', {}, { detail: 'A model is loaded already' });
      const settings = input.options.batching ?? readBatchingFile(input.folder);
      const fresh = await LoadedModel.load(input, enter);
      try {
        await enter('trying', fresh.bytes);
        batching = await ModelBatching.create(fresh, settings, host);
      } catch (thrown) {
        await fresh.close();
        throw thrown;
      }
      model = fresh;
      return { ...meter.read(), running: runningOf(input, fresh, settings, batching.effective) };
    },

    describe: async () => loaded().description,

    classify: async ({ picture, top }, context) => {
      const { signal } = context;
      const { preprocessing } = loaded().pictures.classifier;
      const decoded = await decoding(async () => {
        if (signal.aborted) throw abortReason(signal);
        const startedAt = performance.now();
        const { rgb } = await decodePicture(picture, preprocessing);
        return { rgb, startedAt, endedAt: performance.now() };
      });
      return classify({ ...decoded, preprocessing }, top, context);
    },

    classifyPixels: async ({ rgb, top }, context) => {
      const { preprocessing } = loaded().pictures.classifier;
      assertSize(rgb, preprocessing);
      const { arrivedAt } = context;
      return classify({ rgb, preprocessing, startedAt: arrivedAt, endedAt: arrivedAt }, top, context);
    },

    predict: async ({ inputs, outputs }, { signal, arrivedAt }) => {
      let firstStartedAt: number | undefined;
      let run = 0;
      const answered = await batched().predict(inputs, outputs, signal, ({ startedAt, shareMs }) => {
        firstStartedAt ??= startedAt; // a large request is run in parts
        run += shareMs;
      });
      return { outputs: answered, timingsMs: { queue: (firstStartedAt ?? arrivedAt) - arrivedAt, run } };
    },

    rank: async ({ outputs, rowCount, top }) => {
      const { classifier, labelOf } = loaded().pictures;
      const output = outputs[classifier.outputName];
      if (!output) throw new AppError('MODEL_NOT_A_CLASSIFIER');
      return scoresOf(output, rowCount).map(
        (scores) =>
          rankClasses(scores, classifier.preprocessing.output, top ?? scores.length, labelOf).classes,
      );
    },

    viewInput: (request) => viewInput(loaded().pictures.classifier, request),

    rankPreprocessings: async ({ pictures }, { signal }) =>
      findPreprocessing(pictures, {
        ...loaded().images.ranking,
        run: (task) => queue.run(signal, () => loaded().guard(task)),
      }),

    classNames: async ({ text }) => loaded().images.namesWith(text),

    configure: ({ keepInFolder, ...change }, { signal }) =>
      queue.run(signal, async () => loaded().configure(change, keepInFolder)),

    unload: async (_input, { signal }) => {
      await batching?.close();
      return queue.run(signal, async () => {
        await model?.close();
        model = undefined;
        batching = undefined;
        return meter.read();
      });
    },
  };
};
