import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import { type DataType, type io, type Tensor as TfTensor, tensor } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { AppError } from '../../../../app/base/errors';
import type { TensorInfo } from '../../../../app/contract/inference';
import type { Tensor } from '../../../runner/tensor';
import { type ModelFiles, type ModelJson, notTensorFlowJs } from './model-artifacts';

type Feeds = Readonly<Record<string, Tensor>>;

/** The two kinds of models behind one face. */
interface Runnable {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** All outputs, in the order of `outputs`; whoever calls disposes them. */
  run(feeds: Readonly<Record<string, TfTensor>>): Promise<readonly TfTensor[]>;
  dispose(): void;
}

/** A loaded TensorFlow.js model: named tensors in, named tensors out. Runs block the event loop of its process. */
export class TfjsSession {
  readonly #model: Runnable;
  readonly source: GraphModel | LayersModel;

  private constructor(source: GraphModel | LayersModel, model: Runnable) {
    this.source = source;
    this.#model = model;
  }

  /** Throws MODEL_NOT_TENSORFLOW_JS. */
  static async create({ artifacts, kind, json }: ModelFiles): Promise<TfjsSession> {
    const handler: io.IOHandler = { load: async () => artifacts };
    try {
      if (kind === 'graph') {
        const model = await loadGraphModel(handler);
        return new TfjsSession(model, graphRunnable(model, json));
      }
      const model = await loadLayersModel(handler);
      return new TfjsSession(model, layersRunnable(model));
    } catch (thrown) {
      throw notTensorFlowJs(messageOf(thrown), thrown);
    }
  }

  get inputs(): readonly TensorInfo[] {
    return this.#model.inputs;
  }

  get outputs(): readonly TensorInfo[] {
    return this.#model.outputs;
  }

  /** Runs once; `outputs` empty asks for all. Throws MODEL_RUN_FAILED, TENSOR_MISMATCH for unknown outputs. */
  async run(feeds: Feeds, outputs: readonly string[]): Promise<Record<string, Tensor>> {
    const names = this.#model.outputs.map(({ name }) => name);
    const unknown = outputs.find((name) => !names.includes(name));
    if (unknown !== undefined)
      throw new AppError('TENSOR_MISMATCH', {}, { detail: `The model has no output "${unknown}"` });
    const fed: Record<string, TfTensor> = {};
    let results: readonly TfTensor[] = [];
    try {
      for (const [name, { data, shape, dtype }] of Object.entries(feeds))
        fed[name] = tensor(data as Parameters<typeof tensor>[0], [...shape], dtype as DataType);
      results = await this.#model.run(fed);
      const answered: Record<string, Tensor> = {};
      for (const [index, name] of names.entries()) {
        const result = results[index];
        if (result && (outputs.length === 0 || outputs.includes(name))) answered[name] = await fromTf(result);
      }
      return answered;
    } catch (thrown) {
      throw new AppError('MODEL_RUN_FAILED', {}, { detail: messageOf(thrown), cause: thrown });
    } finally {
      for (const it of [...Object.values(fed), ...results]) it.dispose();
    }
  }

  async close(): Promise<void> {
    this.#model.dispose();
  }
}

function graphRunnable(model: GraphModel, { signature }: ModelJson): Runnable {
  let hasControlFlow = false;
  const { inputNodes, outputNodes } = model;
  return {
    inputs: model.inputs.map(({ dtype, shape }, index) => infoOf(inputNodes[index] ?? '', dtype, shape)),
    outputs: model.outputs.map(({ dtype, shape }, index) => {
      const name = outputNodes[index] ?? '';
      const stated = signature?.outputs?.[name]?.tensorShape?.dim?.map(({ size }) => size);
      return infoOf(name, dtype ?? 'float32', stated ?? shape);
    }),
    run: async (feeds) => {
      // What it says about control flow is known only when it runs.
      if (!hasControlFlow) {
        try {
          return listOf(model.execute({ ...feeds }, outputNodes));
        } catch (thrown) {
          if (!messageOf(thrown).includes('executeAsync')) throw thrown;
          hasControlFlow = true;
        }
      }
      return listOf(await model.executeAsync({ ...feeds }, outputNodes));
    },
    dispose: () => model.dispose(),
  };
}

function layersRunnable(model: LayersModel): Runnable {
  // A sequential model has no list of names of its own.
  const inputNames = namesOf(model.inputs);
  const outputNames = namesOf(model.outputs);
  return {
    inputs: model.inputs.map(({ dtype, shape }, index) => infoOf(inputNames[index] ?? '', dtype, shape)),
    outputs: model.outputs.map(({ dtype, shape }, index) => infoOf(outputNames[index] ?? '', dtype, shape)),
    run: async (feeds) => {
      const ordered = inputNames.flatMap((name) => feeds[name] ?? []);
      return listOf(model.predictOnBatch(ordered));
    },
    dispose: () => model.dispose(),
  };
}

/** Names of the layers that the values come from; a second value of the same layer is numbered. */
const namesOf = (values: LayersModel['inputs']): readonly string[] => {
  const names = values.map(({ sourceLayer }) => sourceLayer.name);
  return names.map((name, index) => (names.indexOf(name) === index ? name : `${name}:${index}`));
};

const listOf = (result: TfTensor | TfTensor[]): readonly TfTensor[] =>
  Array.isArray(result) ? result : [result];

const infoOf = (
  name: string,
  dtype: string | undefined,
  shape: readonly (number | null)[] | undefined,
): TensorInfo => ({
  name,
  dtype: dtype ?? 'float32',
  shape: (shape ?? []).map((dimension) => (dimension === null || dimension < 0 ? '' : dimension)),
});

async function fromTf(result: TfTensor): Promise<Tensor> {
  const data: unknown = await result.data();
  return { dtype: result.dtype, shape: [...result.shape], data: data as Tensor['data'] };
}

export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
