import {
  type Inference,
  type InferredClassifier,
  inferPreprocessing,
} from '../../main/platforms/onnx/runner/infer-preprocessing';
import { readOnnxFile } from '../../main/platforms/onnx/runner/onnx-file';
import { bytesSource } from '../../main/platforms/onnx/runner/proto-reader';
import { type ModelSpec, onnxModel } from './onnx-writer';

/** What is inferred of a model's file. */
export const inferModel = (spec: ModelSpec): Inference =>
  inferPreprocessing(readOnnxFile(bytesSource(onnxModel(spec))));

/** The same for a model that is expected to be a classifier. */
export function inferred(spec: ModelSpec): InferredClassifier {
  const inference = inferModel(spec);
  if (!inference.ok) throw new Error(`No classifier: ${inference.note.reason}`);
  return inference.classifier;
}
