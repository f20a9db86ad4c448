import type { Platform } from '../platform';
import { forecastBytes } from './memory-forecast';

/** A model file where one is looked for: in the version's folder, or one down as Hugging Face has it. */
const modelFile = /^(onnx\/)?[^/]+\.onnx$/i;

export const onnxPlatform: Platform = {
  name: 'onnx',
  isModel: (files) => files.some((name) => modelFile.test(name)),
  forecastBytes,
};
