import type { Handlers, In } from '../../../../app/contract';
import type {
  Classification,
  Description,
  InferenceNote,
  Preprocessing,
} from '../../../../app/contract/inference';
import type { Lifecycle, Model, Version } from '../../../../app/contract/models';
import type { Picture } from '../../../../app/contract/pictures';

export const picture = (name: string): Picture => ({
  id: name,
  name,
  bytes: 1000,
  width: 640,
  height: 480,
  format: 'png',
  urls: { view: `slipway://view/${name}`, thumb: `slipway://thumb/${name}` },
});

export const version = (number: number, lifecycle: Lifecycle, rest: Partial<Version> = {}): Version => ({
  version: number,
  lifecycle,
  isAspired: lifecycle === 'available',
  override: null,
  isOnDisk: true,
  loadsOnRequest: false,
  isPinned: false,
  harness: null,
  sinceMs: 0,
  error: null,
  sizeBytes: number * 1_000_000,
  residentBytes: lifecycle === 'available' ? number * 50_000_000 : null,
  estimatedBytes: null,
  loadMs: null,
  inFlight: 0,
  batches: [],
  queued: 0,
  warmedUp: null,
  attempt: null,
  maxAttempts: null,
  nextAttemptAtMs: null,
  waitingFor: null,
  isChangedOnDisk: false,
  isOtherContent: false,
  contentHash: null,
  ...rest,
});

/** Versions are given oldest first, as people count. */
export const model = (name: string, versions: readonly Version[], rest: Partial<Model> = {}): Model => ({
  name,
  platform: 'onnx',
  displayPath: `~/${name}`,
  policy: { kind: 'all' },
  switching: 'availabilityPreserving',
  keepLastGood: true,
  loaded: 'always',
  idleUnloadMs: 600_000,
  running: {},
  labels: [],
  versions: versions.toReversed(),
  isLookedAt: true,
  problem: null,
  isSample: false,
  holdsCopies: false,
  lastUsedAtMs: null,
  ...rest,
});

export const preprocessing: Preprocessing = {
  width: 224,
  height: 224,
  layout: 'nchw',
  channels: 'rgb',
  resize: { kind: 'shortSideCrop', shortSide: 256 },
  values: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  output: 'logits',
};

export const note = (
  certainty: InferenceNote['certainty'],
  reason: string,
  params: Record<string, string> = {},
): InferenceNote => ({ certainty, reason, params });

export function description(ref: In<'models.describe'>, rest: Partial<Description> = {}): Description {
  return {
    ...ref,
    producer: 'pytorch',
    irVersion: 8,
    opsets: [],
    inputs: [{ name: 'image', dtype: 'float32', shape: ['n', 3, 224, 224] }],
    outputs: [{ name: 'logits', dtype: 'float32', shape: ['n', 3] }],
    metadata: {},
    preprocessing,
    notClassifier: null,
    notes: {
      size: note('certain', 'sizeFixed', { input: 'image', width: '224', height: '224' }),
      layout: note('certain', 'layoutChannelsFirst', { shape: 'n × 3 × 224 × 224' }),
      channels: note('likely', 'channelsUsual'),
      resize: note('guess', 'resizeUsual', { shortSide: '256' }),
      values: note('likely', 'valuesPytorch'),
      output: note('certain', 'outputLogits', { operator: 'Gemm' }),
      labels: note('certain', 'labelsFile', { count: '3', file: 'labels.txt' }),
    },
    inferred: preprocessing,
    labelCount: 3,
    classCount: 3,
    warnings: [],
    running: {
      batching: { source: 'measured', maxBatchSize: 1, batchTimeoutMicros: 0 },
      instances: 1,
      intraOpThreads: 1,
      provider: null,
      memoryCapBytes: null,
    },
    ...rest,
  };
}

export type Probabilities = Readonly<Record<string, number>>;

export function classification(
  { model: name, version: number }: Pick<In<'inference.classify'>, 'model' | 'version'>,
  probabilities: Probabilities,
): Classification {
  const classes = Object.entries(probabilities)
    .map(([label, probability], index) => ({ index, label, probability, raw: probability }))
    .sort((a, b) => b.probability - a.probability || a.index - b.index);
  return {
    model: name,
    version: number,
    classes,
    classCount: classes.length,
    isTied: classes[0]?.raw === classes[1]?.raw,
    output: { name: 'logits', dtype: 'float32', shape: [1, classes.length], form: 'logits' },
    timingsMs: { queue: 0.2, decode: 4, preprocess: 6, run: number * 2 },
  };
}

/** An engine that answers every picture by what `answers` says of a version. */
export function inferring(answers: (version: number, picture: string) => Probabilities): Partial<Handlers> {
  return {
    'models.describe': async (ref) => description(ref),
    'models.setPreprocessing': async ({ model: name, version: number, preprocessing: kept }) => ({
      undo: 'undo-preprocessing',
      isKeptInFolder: true,
      description: description({ model: name, version: number }, { preprocessing: kept ?? preprocessing }),
    }),
    'inference.classify': async (input) => classification(input, answers(input.version, input.picture)),
    'inference.viewInput': async () => ({
      width: 224,
      height: 224,
      png: new Uint8Array([1]),
      crop: { x: 0.1, y: 0, width: 0.8, height: 1 },
      min: -2.12,
      max: 2.64,
    }),
  };
}
