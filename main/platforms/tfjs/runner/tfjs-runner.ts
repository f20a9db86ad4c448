import { AppError } from '../../../../app/base/errors';
import type { Preprocessing } from '../../../../app/contract/inference';
import { assertSize, decodePicture } from '../../../runner/decode';
import type { RunnerClassification } from '../../../runner/protocol';
import type { CallContext, CreateRunnerModule } from '../../../runner/runner-module';
import { findPreprocessing } from '../../onnx/runner/find-preprocessing';
import { rankClasses, scoresOf } from '../../onnx/runner/postprocess';
import { viewInput } from '../../onnx/runner/view-input';
import { TfjsModel } from './tfjs-model';

/** A picture of the model's size, with what it was made for and when. */
interface Decoded {
  readonly rgb: Uint8Array;
  readonly preprocessing: Preprocessing;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Runs TensorFlow.js models, one run at a time. */
export const createTfjsRunner: CreateRunnerModule = ({ queue, meter }) => {
  let model: TfjsModel | undefined;
  const loaded = (): TfjsModel => {
    if (!model) throw new AppError('FAILED_PRECONDITION', {}, { detail: 'No model is loaded' });
    return model;
  };
  async function classify(
    { rgb, preprocessing, ...decode }: Decoded,
    top: number,
    { signal, arrivedAt }: CallContext,
  ): Promise<RunnerClassification> {
    const { classifier, labelOf } = loaded().images.pictures;
    const { run, runAt } = await queue.run(signal, async () => ({
      runAt: performance.now(),
      run: await classifier.run([rgb]),
    }));
    const [scores = new Float64Array()] = run.scores;
    return {
      ...rankClasses(scores, preprocessing.output, top, labelOf),
      output: {
        name: classifier.outputName,
        dtype: run.output.dtype,
        shape: [...run.output.shape],
        form: preprocessing.output,
      },
      timingsMs: {
        queue: decode.startedAt - arrivedAt + (runAt - decode.endedAt),
        decode: decode.endedAt - decode.startedAt,
        preprocess: run.preprocessMs,
        run: run.runMs,
      },
    };
  }

  return {
    load: async (input, { enter }) => {
      if (model) throw new AppError('FAILED_PRECONDITION', {}, { detail: 'A model is loaded already' });
      model = await TfjsModel.load(input, enter);
      return meter.read();
    },
    describe: async () => loaded().description,
    classify: async ({ picture, top }, context) => {
      const { preprocessing } = loaded().images.pictures.classifier;
      const startedAt = performance.now();
      const { rgb } = await decodePicture(picture, preprocessing);
      return classify({ rgb, preprocessing, startedAt, endedAt: performance.now() }, top, context);
    },
    classifyPixels: async ({ rgb, top }, context) => {
      const { preprocessing } = loaded().images.pictures.classifier;
      assertSize(rgb, preprocessing);
      const { arrivedAt } = context;
      return classify({ rgb, preprocessing, startedAt: arrivedAt, endedAt: arrivedAt }, top, context);
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
    rank: async ({ outputs, rowCount, top }) => {
      const { classifier, labelOf } = loaded().images.pictures;
      const output = outputs[classifier.outputName];
      if (!output) throw new AppError('MODEL_NOT_A_CLASSIFIER');
      return scoresOf(output, rowCount).map(
        (scores) =>
          rankClasses(scores, classifier.preprocessing.output, top ?? scores.length, labelOf).classes,
      );
    },
    viewInput: (request) => viewInput(loaded().images.pictures.classifier, request),
    rankPreprocessings: async ({ pictures }, { signal }) =>
      findPreprocessing(pictures, { ...loaded().images.ranking, run: (task) => queue.run(signal, task) }),
    classNames: async ({ text }) => loaded().images.namesWith(text),
    configure: ({ keepInFolder, ...change }, { signal }) =>
      queue.run(signal, async () => loaded().configure(change, keepInFolder)),
    unload: (_input, { signal }) =>
      queue.run(signal, async () => {
        await model?.close();
        model = undefined;
        return meter.read();
      }),
  };
};
