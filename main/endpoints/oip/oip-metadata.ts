import type { Description, TensorInfo } from '../../../app/contract/inference';
import type { ProviderReport } from '../../../app/contract/running';
import { elementType } from '../../runner/codecs/element-types';
import type { PortModel, VersionState } from '../inference-port';

export const serverName = 'slipway';
/** What is there, and nothing else. Source: Triton's extension names. */
export const extensions = [
  'binary_tensor_data',
  'classification',
  'model_configuration',
  'model_repository',
  'statistics',
] as const;

/** Source: Triton's names of platforms and KServe's. */
const platforms: Readonly<Record<string, string>> = { onnx: 'onnx_onnxv1' };

export const platformName = (platform: string): string => platforms[platform] ?? platform;

/** -1 where any size goes. */
export const sizesOf = (shape: TensorInfo['shape']): readonly number[] =>
  shape.map((size) => (typeof size === 'number' ? size : -1));

const tensorMetadata = ({ name, dtype, shape }: TensorInfo) => ({
  name,
  datatype: datatypeName(dtype),
  shape: sizesOf(shape),
});

function datatypeName(dtype: string): string {
  try {
    return elementType(dtype).openInference ?? dtype.toUpperCase();
  } catch {
    // A type that cannot be served is still part of the description.
    return dtype.toUpperCase();
  }
}

export const availableVersions = ({ versions }: PortModel): readonly string[] =>
  versions.filter(({ isReady }) => isReady).map(({ version }) => String(version));

export const modelMetadata = (model: PortModel, description: Description) => ({
  name: model.name,
  versions: availableVersions(model),
  platform: platformName(model.platform),
  inputs: description.inputs.map(tensorMetadata),
  outputs: description.outputs.map(tensorMetadata),
});

/**
 * Source: Triton's model configuration, the parts that hold for any model. Where requests are put together, tensors are described without
 * their first dimension, as there.
 */
export const modelConfig = (model: PortModel, { inputs, outputs, running }: Description) => {
  const { batching, instances, provider } = running;
  const hasRows = [...inputs, ...outputs].every(
    ({ shape }) => shape.length > 0 && typeof shape[0] !== 'number',
  );
  const isBatched = hasRows && batching !== null && batching.maxBatchSize > 1;
  const tensor = ({ name, dtype, shape }: TensorInfo) => ({
    name,
    data_type: `TYPE_${dtype === 'string' ? 'STRING' : datatypeName(dtype)}`,
    dims: sizesOf(isBatched ? shape.slice(1) : shape),
  });
  return {
    name: model.name,
    platform: platformName(model.platform),
    max_batch_size: isBatched ? batching.maxBatchSize : 0,
    input: inputs.map(tensor),
    output: outputs.map(tensor),
    instance_group: [
      { kind: provider === null || provider.used === 'cpu' ? 'KIND_CPU' : 'KIND_GPU', count: instances },
    ],
    ...(provider === null || provider.asked === 'cpu' ? {} : { parameters: providerParameters(provider) }),
    ...(isBatched ? { dynamic_batching: { max_queue_delay_microseconds: batching.batchTimeoutMicros } } : {}),
  };
};

/** What runs it, and what was to run it where that could not. */
const providerParameters = ({ asked, used }: ProviderReport) => ({
  execution_provider: { string_value: used },
  ...(asked === used ? {} : { execution_provider_asked: { string_value: asked } }),
});

/** Source: Triton's model repository extension. */
const repositoryStates: Readonly<Record<VersionState, string>> = {
  START: 'LOADING',
  LOADING: 'LOADING',
  AVAILABLE: 'READY',
  UNLOADING: 'UNLOADING',
  END: 'UNAVAILABLE',
};

export interface RepositoryEntry {
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly reason: string;
}

/** Every version of every model, or only those that answer. */
export const repositoryIndex = (
  models: readonly PortModel[],
  isReadyOnly: boolean,
): readonly RepositoryEntry[] =>
  models.flatMap(({ name, versions }) =>
    versions.length === 0 && !isReadyOnly
      ? [{ name, version: '', state: 'UNKNOWN', reason: '' }]
      : versions
          .filter(({ isReady }) => !isReadyOnly || isReady)
          .map(({ version, state, isReady, error }) => ({
            name,
            version: String(version),
            state: isReady ? repositoryStates.AVAILABLE : repositoryStates[state],
            reason: error?.message ?? (state === 'END' ? 'unloaded' : ''),
          })),
  );
