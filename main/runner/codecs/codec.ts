import type { Classification, TensorInfo } from '../../../app/contract/inference';
import type { LookupAnswer, NearestInput, Neighbour } from '../table-answers';
import type { Tensor } from '../tensor';

/** The wire formats that clients speak. The main process passes bodies on unread; a codec reads them in the runner. */
export const codecNames = ['tfs-json', 'tfs-proto', 'oip-json', 'oip-proto', 'image', 'table-json'] as const;
export type CodecName = (typeof codecNames)[number];

/** How a number that JSON cannot express is written: as `null`, as a string, or as the bare tokens of TensorFlow Serving. */
export type NonFinite = 'null' | 'string' | 'bare';

export const inferMethods = [
  'predict',
  'classify',
  'regress',
  'multiInference',
  'lookup',
  'nearest',
] as const;
export type InferMethod = (typeof inferMethods)[number];

/** What an endpoint read from a request's head for the codec. Travels to the runner: plain data only. */
export interface CallParams {
  readonly method: InferMethod;
  readonly nonFinite?: NonFinite;
  /** Open Inference Protocol over HTTP: the length of the JSON part; null when the whole body is JSON. */
  readonly jsonLength?: number | null;
  /** Of a body that is a picture, or a multipart body of pictures. */
  readonly contentType?: string;
  /** How many classes to answer. */
  readonly top?: number;
  /** Answer one JSON document a line. */
  readonly isLineDelimited?: boolean;
}

/** The loaded version as clients see it. */
export interface ModelFace {
  readonly model: string;
  readonly version: number;
  readonly signatureName: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

/** A value of a `tensorflow.Example`: exactly one list is set. Source: tensorflow/core/example/feature.proto. */
export type Feature =
  | { readonly kind: 'bytes'; readonly values: readonly Uint8Array[] }
  | { readonly kind: 'float'; readonly values: readonly number[] | Float32Array }
  | { readonly kind: 'int64'; readonly values: readonly bigint[] };

export type Example = ReadonlyMap<string, Feature>;

/** What a request asks of a model, whatever it was written in. */
export type Call =
  | {
      readonly kind: 'predict';
      readonly inputs: Readonly<Record<string, Tensor>>;
      /** Names of the outputs wanted; empty asks for all. */
      readonly outputs: readonly string[];
      /** Outputs whose classes the answer names as well (Open Inference Protocol, classification extension). */
      readonly wantsLabels: boolean;
    }
  | { readonly kind: 'classify' | 'regress'; readonly examples: readonly Example[] }
  | { readonly kind: 'pictures'; readonly pictures: readonly Uint8Array[]; readonly top: number }
  | { readonly kind: 'lookup'; readonly keys: readonly string[] }
  | ({ readonly kind: 'nearest' } & NearestInput);

export interface ScoredClass {
  readonly label: string;
  readonly score: number;
}

/** A picture that could not be answered beside others that could. */
export interface PictureFailure {
  readonly error: string;
}

/** What the model said; its kind is that of the call. */
export type Answer =
  | {
      readonly kind: 'predict';
      readonly outputs: Readonly<Record<string, Tensor>>;
      /** By class index; empty when the model has none. */
      readonly labels: readonly string[];
    }
  | { readonly kind: 'classify'; readonly classes: readonly (readonly ScoredClass[])[] }
  | { readonly kind: 'regress'; readonly values: readonly number[] }
  | {
      readonly kind: 'pictures';
      readonly results: readonly (Omit<Classification, 'model' | 'version'> | PictureFailure)[];
    }
  | ({ readonly kind: 'lookup' } & LookupAnswer)
  | { readonly kind: 'nearest'; readonly neighbours: readonly Neighbour[] };

/** An answer in its wire format. */
export interface Rendered {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One request understood, and how to write its answer: what was asked decides the form of what is answered. */
export interface Exchange {
  readonly call: Call;
  /** Throws `AppError` when the answer does not fit the form that was asked for. */
  render(answer: Answer): Rendered;
}

/** Reads a request body. A pure function: throws nothing but `AppError`, in time linear in the body's length. */
export type OpenExchange = (
  body: Uint8Array,
  face: ModelFace,
  params: CallParams,
) => Exchange | Promise<Exchange>;
