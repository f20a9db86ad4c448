import { schema } from '../../endpoints/grpc/schema';
import type { LoggedRequest } from '../../endpoints/request-file';

/** What differs from run to run, or between versions by nature. */
const ignored = new Set(['timings_ms', 'version', 'model_version', 'model_spec', 'id']);
const tolerance = 1e-4;

const answerTypes: Readonly<Partial<Record<LoggedRequest['params']['method'], string>>> = {
  predict: 'tensorflow.serving.PredictResponse',
  classify: 'tensorflow.serving.ClassificationResponse',
  regress: 'tensorflow.serving.RegressionResponse',
  multiInference: 'tensorflow.serving.MultiInferenceResponse',
};

export interface Comparison {
  /** Do both say the same, numbers within 0.0001? */
  readonly isSame: boolean;
  /** Of pictures: do both name the same class first? Null where there are none. */
  readonly isSameTop: boolean | null;
}

/** Holds the answer that was logged against the one of today. */
export function compareAnswers(
  request: Pick<LoggedRequest, 'codec' | 'params'>,
  before: Uint8Array,
  now: Uint8Array,
): Comparison {
  const [first, second] = [contentOf(request, before), contentOf(request, now)];
  if (first === undefined || second === undefined)
    return { isSame: Buffer.compare(before, now) === 0, isSameTop: null };
  const [firstTop, secondTop] = request.codec === 'image' ? [topsOf(first), topsOf(second)] : [null, null];
  return { isSame: isClose(first, second), isSameTop: firstTop === null ? null : firstTop === secondTop };
}

/** Undefined for what is no JSON, such as binary tensors. */
function contentOf({ codec, params }: Pick<LoggedRequest, 'codec' | 'params'>, bytes: Uint8Array): unknown {
  try {
    if (codec === 'tfs-proto' || codec === 'oip-proto') {
      const type = codec === 'oip-proto' ? 'inference.ModelInferResponse' : answerTypes[params.method];
      if (type === undefined) return undefined;
      const message = schema().lookupType(type);
      return message.toObject(message.decode(bytes), { longs: String, enums: String, bytes: String });
    }
    const text = Buffer.from(bytes).toString();
    return params.isLineDelimited ? linesOf(text) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As if they had come together. */
const linesOf = (text: string) => ({
  results: text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line)),
});

function isClose(first: unknown, second: unknown): boolean {
  if (typeof first === 'number' && typeof second === 'number')
    return Math.abs(first - second) <= tolerance * Math.max(1, Math.abs(first), Math.abs(second));
  if (!isObject(first) || !isObject(second)) return Object.is(first, second);
  const [keys, others] = [first, second].map((it) => Object.keys(it).filter((key) => !ignored.has(key)));
  return keys?.length === others?.length && keys?.every((key) => isClose(first[key], second[key])) === true;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The first class of every picture. */
function topsOf(answer: unknown): string | null {
  if (!isObject(answer) || !Array.isArray(answer['results'])) return null;
  const tops = answer['results'].map((result: unknown) => {
    const classes = isObject(result) ? result['classes'] : undefined;
    const [top]: unknown[] = Array.isArray(classes) ? classes : [];
    return isObject(top) ? String(top['index']) : '-';
  });
  return tops.join(' ');
}
