import { AppError } from '../../../../app/base/errors';
import { decodePicture } from '../../../runner/decode';
import type { CreateRunnerModule } from '../../../runner/runner-module';
import { rankClasses, scoresOf } from '../../onnx/runner/postprocess';
import { viewInput } from '../../onnx/runner/view-input';
import { TfjsModel } from './tfjs-model';

/** Runs TensorFlow.js models, one run at a time. */
export const createTfjsRunner: CreateRunnerModule = ({ queue, meter }) => {
  let model: TfjsModel | undefined;
  const loaded = (): TfjsModel => {
    if (!model) throw new AppError('FAILED_PRECONDITION', {}, { detail: 'No model is loaded' });
    return model;
  };
  return {
    load: async (input) => {
      if (model) throw new AppError('FAILED_PRECONDITION', {}, { detail: 'A model is loaded already' });
      model = await TfjsModel.load(input);
      return meter.read();
    },
    describe: async () => loaded().description,
    classify: async ({ picture, top }, { signal, arrivedAt }) => {
      const { classifier, labelOf } = loaded().pictures;
      const { preprocessing, outputName } = classifier;
      const startedAt = performance.now();
      const { rgb } = await decodePicture(picture, preprocessing);
      const decodedAt = performance.now();
      const { run, runAt } = await queue.run(signal, async () => ({
        runAt: performance.now(),
        run: await classifier.run([rgb]),
      }));
      const [scores = new Float64Array()] = run.scores;
      return {
        ...rankClasses(scores, preprocessing.output, top, labelOf),
        output: {
          name: outputName,
          dtype: run.output.dtype,
          shape: [...run.output.shape],
          form: preprocessing.output,
        },
        timingsMs: {
          queue: startedAt - arrivedAt + (runAt - decodedAt),
          decode: decodedAt - startedAt,
          preprocess: run.preprocessMs,
          run: run.runMs,
        },
      };
    },
    predict: ({ inputs, outputs }, { signal, arrivedAt }) =>
      queue.run(signal, async () => {
        const startedAt = performance.now();
        const answered = await loaded().predict(inputs, outputs);
        return {
          outputs: answered,
          timingsMs: { queue: startedAt - arrivedAt, run: performance.now() - startedAt },
        };
      }),
    rank: async ({ outputs, rowCount }) => {
      const { classifier, labelOf } = loaded().pictures;
      const output = outputs[classifier.outputName];
      if (!output) throw new AppError('MODEL_NOT_A_CLASSIFIER');
      return scoresOf(output, rowCount).map(
        (scores) => rankClasses(scores, classifier.preprocessing.output, scores.length, labelOf).classes,
      );
    },
    viewInput: (request) => viewInput(loaded().pictures.classifier, request),
    configure: ({ preprocessing, keepInFolder }, { signal }) =>
      queue.run(signal, async () => loaded().configure(preprocessing, keepInFolder)),
    unload: (_input, { signal }) =>
      queue.run(signal, async () => {
        await model?.close();
        model = undefined;
        return meter.read();
      }),
  };
};
