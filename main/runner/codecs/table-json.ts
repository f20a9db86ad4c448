import { z } from 'zod';
import type { Answer, CallParams, Exchange, ModelFace, NonFinite, Rendered } from './codec';
import { floatText } from './float-text';
import { badRequest, MalformedJson } from './request-errors';
import { elementTexts, nestedText } from './tensor-json';
import { jsonAnswer } from './tfs-answer-json';
import { expectKind } from './tfs-json';

const maxKeys = 100_000;
const maxCount = 10_000;
const defaultCount = 10;

const lookupSchema = z.strictObject({ keys: z.array(z.string()).max(maxKeys) });
const nearestSchema = z.strictObject({
  to: z.union([z.string(), z.array(z.number()).max(1_000_000)]),
  count: z.int().positive().max(maxCount).default(defaultCount),
});

/** What tables are asked over REST: rows by key, and rows that are most like another. Ours: TensorFlow Serving's API has no such verbs. */
export function openTableJson(body: Uint8Array, face: ModelFace, params: CallParams): Exchange {
  const nonFinite = params.nonFinite ?? 'null';
  if (params.method === 'nearest') {
    const { to, count } = read(nearestSchema, body);
    return {
      call: { kind: 'nearest', to, count },
      render: (answer) => renderNearest(expectKind(answer, 'nearest'), face, nonFinite),
    };
  }
  const { keys } = read(lookupSchema, body);
  return {
    call: { kind: 'lookup', keys },
    render: (answer) => renderLookup(expectKind(answer, 'lookup'), face, nonFinite),
  };
}

/** Throws INVALID_ARGUMENT. */
function read<T extends z.ZodType>(schema: T, body: Uint8Array): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new MalformedJson('Invalid value', 0);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw badRequest(`${issue?.path.join('.') || 'The body'}: ${issue?.message ?? 'not as expected'}`);
}

const headOf = ({ model, version }: ModelFace): string =>
  `"model":${JSON.stringify(model)},"version":${version}`;

/** Numbers of 64 bits with all their digits. */
function renderLookup(
  { found, values, missing }: Extract<Answer, { kind: 'lookup' }>,
  face: ModelFace,
  nonFinite: NonFinite,
): Rendered {
  const texts = elementTexts(
    values,
    (value, isSingle) => floatText(value, isSingle, nonFinite),
    (value) => JSON.stringify(value),
  );
  const rows = nestedText(values.shape, 0, texts);
  return jsonAnswer(
    `{${headOf(face)},"found":${JSON.stringify(found)},"values":${rows},"missing":${JSON.stringify(missing)}}`,
  );
}

function renderNearest(
  { neighbours }: Extract<Answer, { kind: 'nearest' }>,
  face: ModelFace,
  nonFinite: NonFinite,
): Rendered {
  const list = neighbours.map(
    ({ key, similarity }) =>
      `{"key":${JSON.stringify(key)},"similarity":${floatText(similarity, false, nonFinite)}}`,
  );
  return jsonAnswer(`{${headOf(face)},"neighbours":[${list.join(',')}]}`);
}
