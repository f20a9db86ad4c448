import type { Preprocessing } from '../../../../app/contract/inference';
import { readHuggingFace } from './hugging-face';
import type { InferredClassifier } from './infer-preprocessing';
import { note } from './note';
import { type Override, overrideSettings, type Settings } from './settings';
import { readTritonConfig, type TritonConfig } from './triton-config';

/** The inferred settings, corrected by what stands beside the model: Triton's configuration, then Hugging Face's. */
export function withCompanions(
  folder: string,
  { preprocessing, notes, shape }: InferredClassifier,
): Settings {
  let settings: Settings = { preprocessing, notes };
  const triton = readTritonConfig(folder);
  const stated = triton && fromTriton(triton, shape);
  if (stated) settings = overrideSettings(settings, stated);
  const { width, height } = settings.preprocessing;
  const hub = readHuggingFace(folder, { width, height, isSizeFree: shape.isSizeFree });
  return hub ? overrideSettings(settings, forChannels(hub, settings.preprocessing)) : settings;
}

/** Hugging Face lists means red first; a model that takes blue first is fed them in that order. */
function forChannels(hub: Override, { channels }: Preprocessing): Override {
  const { values } = hub.preprocessing;
  const order = hub.preprocessing.channels ?? channels;
  if (order !== 'bgr' || !values) return hub;
  const reversed = { ...values, mean: [...values.mean].reverse(), std: [...values.std].reverse() };
  return { ...hub, preprocessing: { ...hub.preprocessing, values: reversed } };
}

/** A size that the model leaves free may stand in the dimensions that Triton was told. */
function fromTriton(
  triton: TritonConfig,
  { input, isSizeFree, layout }: InferredClassifier['shape'],
): Override | undefined {
  const stated = triton.inputs.find(({ name }) => name === input.name);
  if (!stated || !isSizeFree || (layout !== 'nchw' && layout !== 'nhwc')) return undefined;
  const dims = stated.dims.slice(-3);
  const [height = -1, width = -1] = layout === 'nchw' ? dims.slice(1) : dims;
  if (dims.length !== 3 || height <= 0 || width <= 0) return undefined;
  return {
    preprocessing: { width, height },
    note: note('certain', 'tritonDims', { width, height }),
  };
}
