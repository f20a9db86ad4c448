import { AppError } from '../../app/base/errors';

/** The file or folder that makes it so, as it is named relative to the version's folder. */
type Recogniser = (files: readonly string[]) => string | undefined;

const savedModel: Recogniser = (files) =>
  files.find((name) => /^([^/]+\/)?saved_model\.pb(txt)?$/.test(name));
const keras: Recogniser = (files) => files.find((name) => /^[^/]+\.(keras|h5|hdf5)$/i.test(name));
const tflite: Recogniser = (files) => files.find((name) => /^[^/]+\.(tflite|lite)$/i.test(name));

/**
 * What to say of files that are a model which no platform runs, but which one command converts: MODEL_IS_SAVED_MODEL, MODEL_IS_KERAS,
 * MODEL_IS_TFLITE. Undefined for everything else. `folder` is how people call the place, and no path.
 */
export function foreignModel(files: readonly string[], model: string, folder: string): AppError | undefined {
  const savedAt = savedModel(files);
  if (savedAt !== undefined) {
    const inner = savedAt.includes('/') ? `${folder}/${savedAt.split('/', 1)[0]}` : folder;
    return error('MODEL_IS_SAVED_MODEL', { model, folder: inner }, 'A TensorFlow SavedModel');
  }
  const kerasFile = keras(files);
  if (kerasFile !== undefined) {
    const format = /\.keras$/i.test(kerasFile) ? 'keras_keras' : 'keras';
    return error('MODEL_IS_KERAS', { model, file: kerasFile, format }, 'A Keras model');
  }
  const tfliteFile = tflite(files);
  if (tfliteFile === undefined) return undefined;
  return error('MODEL_IS_TFLITE', { model, file: tfliteFile }, 'A TensorFlow Lite model');
}

const error = (
  code: 'MODEL_IS_SAVED_MODEL' | 'MODEL_IS_KERAS' | 'MODEL_IS_TFLITE',
  params: Readonly<Record<string, string>>,
  what: string,
): AppError => new AppError(code, params, { detail: `${what} has to be converted to ONNX or TensorFlow.js` });
