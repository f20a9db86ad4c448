import pLimit from 'p-limit';
import { AppError } from '../../../../app/base/errors';
import { decodePicture } from '../../../runner/decode';
import { abortReason } from '../../../runner/run-queue';
import type { CreateRunnerModule } from '../../../runner/runner-module';
import { runnerStats } from '../../../runner/runner-stats';
import { LoadedModel } from './loaded-model';
import { rankClasses, scoresOf } from './postprocess';
import { viewInput } from './view-input';

/**
 * Pictures decoded ahead, in sharp's own threads, while the model runs in this one: enough to keep both busy, few enough that a
 * caller who leaves has cost little.
 */
const decodesAhead = 2;

/** Runs ONNX models. */
export const createOnnxRunner: CreateRunnerModule = ({ queue }) => {
  let model: LoadedModel | undefined;
  const decoding = pLimit(decodesAhead);
  const loaded = (): LoadedModel => {
    if (!model) throw new AppError('FAILED_PRECONDITION', {}, { detail: 'No model is loaded' });
    return model;
  };

  return {
    load: async (input) => {
      if (model) throw new AppError('FAILED_PRECONDITION', {}, { detail: 'A model is loaded already' });
      model = await LoadedModel.load(input);
      return runnerStats();
    },

    describe: async () => loaded().description,

    classify: async ({ picture, top }, { signal, arrivedAt }) => {
      const current = loaded();
      const { classifier, labelOf } = current.pictures;
      const { preprocessing } = classifier;
      const decode = await decoding(async () => {
        if (signal.aborted) throw abortReason(signal);
        const startedAt = performance.now();
        const { rgb } = await decodePicture(picture, preprocessing);
        return { rgb, startedAt, endedAt: performance.now() };
      });
      return queue.run(signal, async () => {
        const startedAt = performance.now();
        if (classifier.preprocessing !== preprocessing) {
          throw new AppError(
            'FAILED_PRECONDITION',
            {},
            { detail: 'The settings were changed meanwhile; ask again' },
          );
        }
        const { scores, output, preprocessMs, runMs } = await current.guard(() =>
          classifier.run([decode.rgb]),
        );
        return {
          ...rankClasses(scores[0] ?? new Float64Array(), preprocessing.output, top, labelOf),
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
      });
    },

    predict: ({ inputs, outputs }, { signal, arrivedAt }) => {
      const current = loaded();
      return queue.run(signal, async () => {
        const startedAt = performance.now();
        const answered = await current.predict(inputs, outputs);
        const timingsMs = { queue: startedAt - arrivedAt, run: performance.now() - startedAt };
        return { outputs: answered, timingsMs };
      });
    },

    rank: async ({ outputs, rowCount }) => {
      const { classifier, labelOf } = loaded().pictures;
      const output = outputs[classifier.outputName];
      if (!output) throw new AppError('MODEL_NOT_A_CLASSIFIER');
      return scoresOf(output, rowCount).map(
        (scores) => rankClasses(scores, classifier.preprocessing.output, scores.length, labelOf).classes,
      );
    },

    viewInput: (request) => viewInput(loaded().pictures.classifier, request),

    configure: async ({ preprocessing, keepInFolder }, { signal }) => {
      const current = loaded();
      return queue.run(signal, async () => current.configure(preprocessing, keepInFolder));
    },

    unload: async (_input, { signal }) =>
      queue.run(signal, async () => {
        await model?.close();
        model = undefined;
        return runnerStats();
      }),
  };
};
