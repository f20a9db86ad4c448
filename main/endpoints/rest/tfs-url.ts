import { AppError } from '../../../app/base/errors';
import type { VersionChoice } from '../../engine-api';
import type { InferMethod } from '../../runner/codecs/codec';

/** TensorFlow Serving's verbs, and ours for tables. */
export type RestMethod = Exclude<InferMethod, 'multiInference'>;
const verbs: readonly string[] = [
  'predict',
  'classify',
  'regress',
  'lookup',
  'nearest',
] satisfies RestMethod[];
const isVerb = (text: string | undefined): text is RestMethod => text !== undefined && verbs.includes(text);

/** What a URL of TensorFlow Serving's REST API asks for. */
export type TfsUrl =
  | {
      readonly kind: 'infer';
      readonly method: RestMethod;
      readonly model: string;
      readonly version: VersionChoice;
      readonly query: string;
    }
  | { readonly kind: 'status' | 'metadata'; readonly model: string; readonly version: VersionChoice }
  | { readonly kind: 'list' };

const inferPath =
  /^\/v1\/models\/([^/:?]+)(?:\/versions\/(\d+)|\/labels\/([^/:?]+))?:(predict|classify|regress|lookup|nearest)(?:\?(.*))?$/i;
const readPath = /^\/v1\/models\/([^/:?]+)(?:\/versions\/(\d+)|\/labels\/([^/:?]+))?(\/metadata)?$/i;
const listPath = /^\/v1\/models$/i;
const maxInt64 = 2n ** 63n - 1n;

/**
 * Reads method and URL. Null when it is not under `/v1/`; throws INVALID_ARGUMENT `Malformed request: …` for what is, and matches
 * nothing. Source: TensorFlow Serving, model_servers/http_rest_api_util, and its handler's expressions.
 */
export function parseTfsUrl(method: string, url: string): TfsUrl | null {
  if (!/^\/v1(\/|$)/i.test(url)) return null;
  const found = method === 'POST' ? parseInfer(url) : method === 'GET' ? parseRead(url) : null;
  if (!found) throw malformed(method, url);
  return found;
}

function parseInfer(url: string): TfsUrl | null {
  const match = inferPath.exec(url);
  if (!match) return null;
  const [, name = '', version, label, verb, query = ''] = match;
  // The route is matched whatever its case, the verb is not.
  if (!isVerb(verb)) return null;
  return { kind: 'infer', method: verb, model: decoded(name), version: choiceOf(version, label), query };
}

function parseRead(url: string): TfsUrl | null {
  if (listPath.test(url)) return { kind: 'list' };
  const match = readPath.exec(url);
  if (!match) return null;
  const [, name = '', version, label, metadata] = match;
  return { kind: metadata ? 'metadata' : 'status', model: decoded(name), version: choiceOf(version, label) };
}

export const malformed = (method: string, url: string): AppError =>
  invalid(`Malformed request: ${method} ${url}`);

const invalid = (detail: string): AppError => new AppError('INVALID_ARGUMENT', {}, { detail });

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Its only failure: a `%` that is followed by no byte, or bytes that are no UTF-8.
    throw invalid(`Malformed request: ${part} is not percent-encoded UTF-8`);
  }
}

function choiceOf(version: string | undefined, label: string | undefined): VersionChoice {
  if (label !== undefined) return { label: decoded(label) };
  if (version === undefined) return 'latest';
  if (BigInt(version.slice(0, 40)) > maxInt64)
    throw invalid(`Version ${version.slice(0, 40)} is no 64-bit number.`);
  return { version: Number(version) };
}
