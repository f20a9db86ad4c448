import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { inferPreprocessing } from '../../../../main/platforms/onnx/runner/infer-preprocessing';
import { readModelFiles } from '../../../../main/platforms/tfjs/runner/model-artifacts';
import { structureOf } from '../../../../main/platforms/tfjs/runner/structure';
import { TfjsSession } from '../../../../main/platforms/tfjs/runner/tfjs-session';
import { temporaryFolder } from '../../../support/temp-folder';
import { graphModelFiles, layersModelFiles, type ModelFiles } from '../../../support/tfjs-models';

const folder = temporaryFolder();

async function inferred(files: ModelFiles) {
  for (const [name, content] of Object.entries(files)) folder.write(name, content);
  const read = await readModelFiles(folder.path);
  const session = await TfjsSession.create(read);
  const inference = inferPreprocessing(structureOf(session, read.json, {}));
  if (!inference.ok) return { refused: inference.note.reason };
  const { preprocessing, notes } = inference.classifier;
  return { values: notes.values.reason, output: notes.output.reason, layout: preprocessing.layout };
}

const start = { inputShape: [32, 32, 3], filters: 2, kernelSize: 3 };

describe('how a layers model is read', () => {
  test('a model that rescales by itself is fed bytes', async () => {
    const model = sequential({
      layers: [
        layers.rescaling({ inputShape: [32, 32, 3], scale: 1 / 127.5, offset: -1 }),
        layers.flatten(),
        layers.dense({ units: 2, activation: 'sigmoid' }),
      ],
    });
    expect(await inferred(await layersModelFiles(model))).toEqual({
      values: 'valuesInGraphBytes',
      output: 'outputSigmoid',
      layout: 'nhwc',
    });
  });

  test('ten ReLU6 make a MobileNet, also inside a nested model; its end is that of the outer one', async () => {
    const relus = Array.from({ length: 10 }, () => layers.reLU({ maxValue: 6 }));
    const inner = sequential({ layers: [layers.conv2d(start), ...relus, layers.flatten()] });
    const model = sequential({ layers: [inner, layers.dense({ units: 2 }), layers.softmax()] });
    expect(await inferred(await layersModelFiles(model))).toEqual({
      values: 'valuesMobileNetKeras',
      output: 'outputSoftmax',
      layout: 'nhwc',
    });
  });

  test('what takes no picture is none', async () => {
    const model = sequential({ layers: [layers.dense({ inputShape: [7], units: 2 })] });
    expect(await inferred(await layersModelFiles(model))).toEqual({ refused: 'notInputShape' });
  });
});

describe('how a graph model is read', () => {
  const withNodes = (
    change: (nodes: { name: string; op: string; input?: string[]; attr?: unknown }[]) => void,
  ) => {
    const files = graphModelFiles();
    const json = JSON.parse(String(files['model.json']));
    change(json.modelTopology.node);
    return { ...files, 'model.json': JSON.stringify(json) };
  };

  test('through the names of its signature to the operators at both ends', async () => {
    expect(await inferred(graphModelFiles())).toEqual({
      values: 'valuesKeras',
      output: 'outputSoftmax',
      layout: 'nhwc',
    });
  });

  test('operators that the converter has fused count', async () => {
    const relu6 = Buffer.from('Relu6').toString('base64');
    const files = withNodes((nodes) => {
      const product = nodes.find(({ name }) => name === 'logits');
      if (product)
        product.attr = { ...(product.attr as object), fused_ops: { list: { s: Array(10).fill(relu6) } } };
    });
    expect(await inferred(files)).toMatchObject({ values: 'valuesMobileNetKeras' });
  });
});
