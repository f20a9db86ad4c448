import type { Answer, CallParams, Exchange, ModelFace } from './codec';
import { unimplemented } from './request-errors';
import { renderClassifyJson, renderPredictJson, renderRegressJson } from './tfs-answer-json';
import { parseExamplesJson } from './tfs-examples-json';
import { parsePredictJson } from './tfs-predict-json';

/** The JSON of TensorFlow Serving's REST API: predict in rows or columns, classify, regress. */
export function openTfsJson(body: Uint8Array, face: ModelFace, params: CallParams): Exchange {
  const { nonFinite = 'null', isLineDelimited = false } = params;
  switch (params.method) {
    case 'predict': {
      const { inputs, layout } = parsePredictJson(body, face);
      return {
        call: { kind: 'predict', inputs, outputs: [], wantsLabels: false },
        render: (answer) =>
          renderPredictJson(expectKind(answer, 'predict'), layout, nonFinite, isLineDelimited),
      };
    }
    case 'classify':
      return {
        call: { kind: 'classify', examples: parseExamplesJson(body, face) },
        render: (answer) => renderClassifyJson(expectKind(answer, 'classify'), nonFinite, isLineDelimited),
      };
    case 'regress':
      return {
        call: { kind: 'regress', examples: parseExamplesJson(body, face) },
        render: (answer) => renderRegressJson(expectKind(answer, 'regress'), nonFinite, isLineDelimited),
      };
    case 'multiInference':
    case 'lookup':
    case 'nearest':
      throw unimplemented(`${params.method} is not part of TensorFlow Serving’s REST API.`);
  }
}

/** The answer as the kind that was called for; another kind is our bug. */
export function expectKind<K extends Answer['kind']>(answer: Answer, kind: K): Extract<Answer, { kind: K }> {
  if (answer.kind !== kind) throw new Error(`A ${kind} call was answered with a ${answer.kind} answer`);
  return answer as Extract<Answer, { kind: K }>;
}
