import '@tensorflow/tfjs-backend-cpu';
import { enableProdMode, type io, tensor } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';

enableProdMode(); // else it advertises another package on its first use

// Tiny TensorFlow.js models, as the files that its converter and its browser library write.

/** File name to content. */
export type ModelFiles = Readonly<Record<string, string | Uint8Array>>;

/** Pictures of 16 × 16 in, four classes out; each class weighs the mean of a channel, as `weights` says. */
const side = 16;
export const classWeights = Float32Array.of(8, 0, 0, 1, 0, 8, 0, 1, 0, 0, 8, 1);

export function layersClassifier(): LayersModel {
  const model = sequential({
    layers: [
      layers.averagePooling2d({ inputShape: [side, side, 3], poolSize: side, name: 'pool' }),
      layers.flatten({ name: 'flat' }),
      layers.dense({ units: 4, activation: 'softmax', name: 'classes' }),
    ],
  });
  model.layers[2]?.setWeights([tensor(classWeights, [3, 4]), tensor([0, 0, 0, 0])]);
  return model;
}

/** The files of a layers model, its weights in two shards. */
export async function layersModelFiles(model: LayersModel): Promise<ModelFiles> {
  const { artifacts } = await new Promise<{ artifacts: io.ModelArtifacts }>((resolve, reject) => {
    const save = async (saved: io.ModelArtifacts): Promise<io.SaveResult> => {
      resolve({ artifacts: saved });
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    };
    model.save({ save }).catch(reject);
  });
  const { modelTopology, weightSpecs, weightData } = artifacts;
  if (!(weightData instanceof ArrayBuffer)) throw new Error('One buffer was expected');
  const bytes = new Uint8Array(weightData);
  const paths = ['group1-shard1of2.bin', 'group1-shard2of2.bin'] as const;
  return {
    'model.json': JSON.stringify({
      format: 'layers-model',
      generatedBy: 'keras v2.15.0',
      convertedBy: 'TensorFlow.js Converter v4.22.0',
      modelTopology,
      weightsManifest: [{ paths, weights: weightSpecs }],
    }),
    [paths[0]]: bytes.slice(0, 20),
    [paths[1]]: bytes.slice(20),
  };
}

const dims = (...sizes: number[]) => ({ dim: sizes.map((size) => ({ size: String(size) })) });
const float = { type: 'DT_FLOAT' };
const shaped = (...sizes: number[]) => ({ dtype: float, shape: { shape: dims(...sizes) } });
const typed = { T: float };

/** The files of a graph model with a signature that computes the same as `layersClassifier`. */
export function graphModelFiles(): ModelFiles {
  const axes = Int32Array.of(1, 2);
  const bytes = new Uint8Array(axes.byteLength + classWeights.byteLength);
  bytes.set(new Uint8Array(axes.buffer));
  bytes.set(new Uint8Array(classWeights.buffer), axes.byteLength);
  const node = [
    { name: 'x', op: 'Placeholder', attr: shaped(-1, side, side, 3) },
    {
      name: 'axes',
      op: 'Const',
      attr: { dtype: { type: 'DT_INT32' }, value: { tensor: { dtype: 'DT_INT32', tensorShape: dims(2) } } },
    },
    {
      name: 'w',
      op: 'Const',
      attr: { dtype: float, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: dims(3, 4) } } },
    },
    {
      name: 'mean',
      op: 'Mean',
      input: ['x', 'axes'],
      attr: { ...typed, Tidx: { type: 'DT_INT32' }, keep_dims: { b: false } },
    },
    {
      name: 'logits',
      op: 'MatMul',
      input: ['mean', 'w'],
      attr: { ...typed, transpose_a: { b: false }, transpose_b: { b: false } },
    },
    { name: 'soft', op: 'Softmax', input: ['logits'], attr: typed },
    { name: 'Identity', op: 'Identity', input: ['soft'], attr: typed },
  ];
  return {
    'model.json': JSON.stringify({
      format: 'graph-model',
      generatedBy: '2.15.0',
      convertedBy: 'TensorFlow.js Converter v4.22.0',
      signature: {
        inputs: { image: { name: 'x:0', dtype: 'DT_FLOAT', tensorShape: dims(-1, side, side, 3) } },
        outputs: { scores: { name: 'Identity:0', dtype: 'DT_FLOAT', tensorShape: dims(-1, 4) } },
      },
      modelTopology: { node, versions: { producer: 1645 } },
      weightsManifest: [
        {
          paths: ['group1-shard1of1.bin'],
          weights: [
            { name: 'axes', shape: [2], dtype: 'int32' },
            { name: 'w', shape: [3, 4], dtype: 'float32' },
          ],
        },
      ],
    }),
    'group1-shard1of1.bin': bytes,
  };
}
