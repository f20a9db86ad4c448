import type { Tensor } from '../tensor';
import type { Answer, CallParams, Exchange, ModelFace, NonFinite, Rendered } from './codec';
import { floatText } from './float-text';
import { type OipRequest, parseOipJson } from './oip-json-request';
import { datatypeOf, rawOfTensor, wantedTensors } from './oip-tensors';
import { elementCount, elementTexts, nestedText } from './tensor-json';
import { expectKind } from './tfs-json';

/** The header that says how much of a body is JSON. */
export const jsonLengthHeader = 'inference-header-content-length';

/** Inference of the Open Inference Protocol over HTTP, with the binary tensor extension and the classification extension. */
export function openOipJson(body: Uint8Array, face: ModelFace, params: CallParams): Exchange {
  const request = parseOipJson(body, params.jsonLength ?? null, face);
  return {
    call: {
      kind: 'predict',
      inputs: request.inputs,
      outputs: request.outputs.map(({ name }) => name),
      wantsLabels: request.outputs.some(({ classCount }) => classCount > 0),
    },
    render: (answer) => render(expectKind(answer, 'predict'), request, face, params.nonFinite ?? 'null'),
  };
}

function render(
  answer: Extract<Answer, { kind: 'predict' }>,
  request: OipRequest,
  face: ModelFace,
  nonFinite: NonFinite,
): Rendered {
  const raw: Uint8Array[] = [];
  const outputs = wantedTensors(answer, request.outputs).map(({ name, tensor, isBinary }) => {
    const head = `{"name":${JSON.stringify(name)},"datatype":"${datatypeOf(tensor)}","shape":${JSON.stringify(tensor.shape)}`;
    // bfloat16 has no form in JSON.
    if (!(isBinary ?? request.isBinary) && tensor.dtype !== 'bfloat16')
      return `${head},"data":${dataText(tensor, nonFinite)}}`;
    const bytes = rawOfTensor(tensor);
    raw.push(bytes);
    return `${head},"parameters":{"binary_data_size":${bytes.length}}}`;
  });
  const id = request.id === null ? '' : `,"id":${JSON.stringify(request.id)}`;
  const text = `{"model_name":${JSON.stringify(face.model)},"model_version":"${face.version}"${id},"outputs":[${outputs.join(',')}]}`;
  const json = Buffer.from(text);
  if (raw.length === 0 && !request.isBinary)
    return { bytes: json, contentType: 'application/json', headers: {} };
  return {
    bytes: Buffer.concat([json, ...raw]),
    contentType: 'application/octet-stream',
    headers: { [jsonLengthHeader]: String(json.length) },
  };
}

const dataText = (tensor: Tensor, nonFinite: NonFinite): string =>
  nestedText(
    [elementCount(tensor.shape)],
    0,
    elementTexts(
      tensor,
      (value, isSingle) => floatText(value, isSingle, nonFinite),
      (value) => JSON.stringify(value),
    ),
  );
