import type { Tensor } from '../tensor';
import type { Answer, NonFinite, Rendered } from './codec';
import { floatText } from './float-text';
import { badRequest } from './request-errors';
import { elementCount, elementTexts, nestedText, rowCountOf } from './tensor-json';

const contentType = 'application/json';
const lineType = 'application/x-ndjson';
const bytesSuffix = '_bytes';

export const jsonAnswer = (text: string): Rendered => ({
  bytes: Buffer.from(text),
  contentType,
  headers: {},
});

function textsOf(name: string, tensor: Tensor, nonFinite: NonFinite) {
  const base64 = (value: string): string => `{"b64":"${Buffer.from(value).toString('base64')}"}`;
  return elementTexts(
    tensor,
    (value, isSingle) => floatText(value, isSingle, nonFinite),
    name.endsWith(bytesSuffix) ? base64 : (value) => JSON.stringify(value),
  );
}

/** A list under a key, or a line for each of its elements. */
const listAnswer = (
  key: 'predictions' | 'results',
  texts: readonly string[],
  isLineDelimited: boolean,
): Rendered =>
  isLineDelimited
    ? {
        bytes: Buffer.from(
          texts.map((text, index) => `{"index":${index},"${key.slice(0, -1)}":${text}}\n`).join(''),
        ),
        contentType: lineType,
        headers: {},
      }
    : jsonAnswer(`{"${key}":[${texts.join(',')}]}`);

/** One entry a row. Throws INVALID_ARGUMENT when the outputs have no common rows. */
function rowTexts(outputs: readonly (readonly [string, Tensor])[], nonFinite: NonFinite): readonly string[] {
  const rowCount = rowCountOf(outputs);
  const columns = outputs.map(([name, tensor]) => {
    const rest = tensor.shape.slice(1);
    const stride = elementCount(rest);
    const texts = textsOf(name, tensor, nonFinite);
    return { key: JSON.stringify(name), at: (row: number) => nestedText(rest, row * stride, texts) };
  });
  const [only] = columns;
  const rows: string[] = [];
  for (let row = 0; row < rowCount; row++)
    rows.push(
      columns.length === 1 && only
        ? only.at(row)
        : `{${columns.map((column) => `${column.key}:${column.at(row)}`).join(',')}}`,
    );
  return rows;
}

/** `{"outputs": …}`: the tensors as they are. */
function columnsText(outputs: readonly (readonly [string, Tensor])[], nonFinite: NonFinite): string {
  const values = outputs.map(([name, tensor]) =>
    nestedText(tensor.shape, 0, textsOf(name, tensor, nonFinite)),
  );
  if (values.length === 1) return `{"outputs":${values[0]}}`;
  return `{"outputs":{${values.map((value, index) => `${JSON.stringify(outputs[index]?.[0])}:${value}`).join(',')}}}`;
}

/** Source: TensorFlow Serving, util/json_tensor.h, `MakeJsonFromTensors`; without its line breaks. */
export function renderPredictJson(
  answer: Extract<Answer, { kind: 'predict' }>,
  layout: 'row' | 'columnar',
  nonFinite: NonFinite,
  isLineDelimited = false,
): Rendered {
  const outputs = Object.entries(answer.outputs);
  if (outputs.length === 0) throw badRequest('Cannot convert empty tensor map to JSON');
  return layout === 'row'
    ? listAnswer('predictions', rowTexts(outputs, nonFinite), isLineDelimited)
    : jsonAnswer(columnsText(outputs, nonFinite));
}

/** `{"results": …}` of a classification: for each example, pairs of label and score. */
export function renderClassifyJson(
  answer: Extract<Answer, { kind: 'classify' }>,
  nonFinite: NonFinite,
  isLineDelimited = false,
): Rendered {
  if (answer.classes.length === 0) throw badRequest('Cannot convert empty ClassificationResults to JSON');
  const results = answer.classes.map(
    (classes) =>
      `[${classes.map(({ label, score }) => `[${JSON.stringify(label)},${floatText(score, true, nonFinite)}]`).join(',')}]`,
  );
  return listAnswer('results', results, isLineDelimited);
}

/** `{"results": …}` of a regression: a number for each example. */
export function renderRegressJson(
  answer: Extract<Answer, { kind: 'regress' }>,
  nonFinite: NonFinite,
  isLineDelimited = false,
): Rendered {
  if (answer.values.length === 0) throw badRequest('Cannot convert empty RegressionResults to JSON');
  const texts = answer.values.map((value) => floatText(value, true, nonFinite));
  return listAnswer('results', texts, isLineDelimited);
}
