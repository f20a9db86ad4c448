import type { z } from 'zod';
import type { Feedback, Verdict } from '../../app/contract/routes';
import {
  type Batch,
  type BatchPictureResult,
  batchResultSchema,
  batchSchema,
  errorSchema,
  type FeedbackAnswer,
  feedbackAnswerSchema,
  type InferAnswer,
  type InferRequestBody,
  inferAnswerSchema,
  type ListedModel,
  lookupAnswerSchema,
  modelListSchema,
  modelStatusSchema,
  nearestAnswerSchema,
  type PicturesAnswer,
  type PredictAnswer,
  type PredictRequestBody,
  picturesAnswerSchema,
  predictAnswerSchema,
  type TableNeighbours,
  type TableRows,
  type VersionStatus,
} from './answers';

export interface SlipwayClientOptions {
  /** Such as `http://127.0.0.1:8501`. */
  readonly url: string;
  /** A bearer token, where the server asks for one. */
  readonly token?: string | undefined;
}

/** Which version should answer; the newest when neither is given. */
export interface AskOptions {
  readonly version?: number | undefined;
  readonly label?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface BatchOptions {
  /** The newest when neither these nor a label are given. */
  readonly versions?: readonly number[];
  readonly label?: string;
  /** How many classes of each answer are kept. */
  readonly top?: number;
  readonly signal?: AbortSignal;
}

export interface ClassifyOptions {
  readonly type: string;
  readonly top?: number;
  /** For the rules of a route. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The server answered, and not with what was asked for. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  /** Of HTTP. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The server could not be reached, or its answer is none of ours. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** Where a route sent a request; null for what is no route. */
export type RoutedBy = { readonly route: string; readonly arm: string; readonly requestId: string } | null;

export interface RawRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a Slipway server, or any that speaks TensorFlow Serving's REST API. Every method throws `RefusedError` for an answer that tells of
 * a failure and `UnreachableError` when there is none.
 */
export class SlipwayClient {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ url, token }: SlipwayClientOptions) {
    this.#url = url.replace(/\/+$/, '');
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  async models(signal?: AbortSignal): Promise<readonly ListedModel[]> {
    return (await this.#json({ method: 'GET', path: '/v1/models', signal }, modelListSchema)).models;
  }

  async status(model: string, options: AskOptions = {}): Promise<readonly VersionStatus[]> {
    const request = { method: 'GET', path: modelPath(model, options), signal: options.signal } as const;
    return (await this.#json(request, modelStatusSchema)).model_version_status;
  }

  predict(model: string, request: PredictRequestBody, options: AskOptions = {}): Promise<PredictAnswer> {
    return this.#ask(`${modelPath(model, options)}:predict`, request, predictAnswerSchema, options);
  }

  /** The rows that a lookup table has for these keys, and which keys it lacks. */
  lookup(model: string, keys: readonly string[], options: AskOptions = {}): Promise<TableRows> {
    return this.#ask(`${modelPath(model, options)}:lookup`, { keys }, lookupAnswerSchema, options);
  }

  /** The rows of a lookup table that are most like another row, or like a vector. */
  nearest(
    model: string,
    to: string | readonly number[],
    { count = 10, ...options }: AskOptions & { readonly count?: number } = {},
  ): Promise<TableNeighbours> {
    return this.#ask(`${modelPath(model, options)}:nearest`, { to, count }, nearestAnswerSchema, options);
  }

  /** The `top` most probable classes of an encoded picture; `type` is its media type, such as `image/jpeg`. */
  async classify(
    model: string,
    picture: Uint8Array,
    { type, top = 5, headers, ...options }: AskOptions & ClassifyOptions,
  ): Promise<PicturesAnswer & { readonly routed: RoutedBy }> {
    const path = `${modelPath(model, options)}:classify?top=${top}`;
    const answer = await this.send({
      method: 'POST',
      path,
      body: picture,
      headers: { ...headers, 'content-type': type },
      signal: options.signal,
    });
    return { ...this.#parsed(answer, path, picturesAnswerSchema), routed: routedBy(answer.headers) };
  }

  /** Is it a route? False as well for a server that knows none. */
  async isRoute(name: string, signal?: AbortSignal): Promise<boolean> {
    const path = `/v1/routes/${encodeURIComponent(name)}`;
    return (await this.send({ method: 'GET', path, signal })).status === 200;
  }

  /** Says what came of an answer of a route, by its request id: an outcome, null to take it back, or the true label. */
  async feedback(route: string, requestId: string, verdict: Verdict): Promise<void> {
    await this.#ask(feedbackPath(route), feedbackOf({ requestId, verdict }), feedbackAnswerSchema, {});
  }

  /** The same of up to a thousand answers at once; tells how many were taken, and of the others why not. */
  feedbackAll(route: string, said: readonly Feedback[]): Promise<FeedbackAnswer> {
    return this.#ask(feedbackPath(route), { outcomes: said.map(feedbackOf) }, feedbackAnswerSchema, {});
  }

  /** Open Inference Protocol, in which a label stands where a version does. */
  infer(
    model: string,
    request: InferRequestBody,
    { version, label, signal }: AskOptions = {},
  ): Promise<InferAnswer> {
    const asked = label === undefined ? version : encodeURIComponent(label);
    const at = asked === undefined ? '' : `/versions/${asked}`;
    return this.#json(
      {
        method: 'POST',
        path: `/v2/models/${encodeURIComponent(model)}${at}/infer`,
        body: JSON.stringify(request),
        headers: json,
        signal,
      },
      inferAnswerSchema,
    );
  }

  /** Loads the newest version on disk. Needs a token with `admin`. */
  async load(model: string): Promise<void> {
    await this.#control(model, 'load');
  }

  /** Unloads every version. Needs a token with `admin`. */
  async unload(model: string): Promise<void> {
    await this.#control(model, 'unload');
  }

  /** Begins a batch over encoded pictures. They are sent in one request, so all of them together must fit the server's limit. */
  createBatch(
    model: string,
    pictures: readonly { readonly name: string; readonly bytes: Uint8Array }[],
    { versions, label, top, signal }: BatchOptions = {},
  ): Promise<Batch> {
    const query = new URLSearchParams({ model });
    if (versions) query.set('versions', versions.join(','));
    if (label !== undefined) query.set('label', label);
    if (top !== undefined) query.set('top', String(top));
    const lines = pictures.map(({ name, bytes }) =>
      JSON.stringify({ name, b64: Buffer.from(bytes).toString('base64') }),
    );
    return this.#json(
      {
        method: 'POST',
        path: `/v1/batches?${query}`,
        body: lines.join('\n'),
        headers: { 'content-type': 'application/x-ndjson' },
        signal,
      },
      batchSchema,
    );
  }

  batch(id: string, signal?: AbortSignal): Promise<Batch> {
    return this.#json({ method: 'GET', path: batchPath(id), signal }, batchSchema);
  }

  /** What is answered of a batch, picture by picture; with `isFollowing` until it has ended. */
  async *batchResults(
    id: string,
    { isFollowing = false, signal }: { readonly isFollowing?: boolean; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<BatchPictureResult> {
    const path = `${batchPath(id)}/results?follow=${isFollowing}`;
    for await (const line of this.#lines(path, signal))
      if (line !== '') yield batchResultSchema.parse(JSON.parse(line)); // an empty one says that the server still waits
  }

  /** Ends a batch; what is answered so far stays. */
  cancelBatch(id: string): Promise<Batch> {
    return this.#json({ method: 'POST', path: `${batchPath(id)}:cancel`, body: '' }, batchSchema);
  }

  /** Forgets a batch with its pictures and answers. */
  async deleteBatch(id: string): Promise<void> {
    checked(await this.send({ method: 'DELETE', path: batchPath(id) }));
  }

  /** Sends a request as it is. Throws `UnreachableError` alone: any status is an answer. */
  async send({ method, path, body, headers, signal }: RawRequest): Promise<RawAnswer> {
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method,
        headers: { ...headers, ...this.#headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
        ...(signal ? { signal } : {}),
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { status: response.status, headers: response.headers, bytes };
    } catch (cause) {
      throw new UnreachableError(`${this.#url} does not answer (${reasonOf(cause)})`, { cause });
    }
  }

  /** Lines as they come. */
  async *#lines(path: string, signal: AbortSignal | undefined): AsyncGenerator<string> {
    let response: Response;
    try {
      response = await fetch(`${this.#url}${path}`, { headers: this.#headers, signal: signal ?? null });
    } catch (cause) {
      throw new UnreachableError(`${this.#url} does not answer (${reasonOf(cause)})`, { cause });
    }
    if (!response.ok) {
      const bytes = new Uint8Array(await response.arrayBuffer());
      checked({ status: response.status, headers: response.headers, bytes });
    }
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  }

  async #control(model: string, action: 'load' | 'unload'): Promise<void> {
    const path = `/v2/repository/models/${encodeURIComponent(model)}/${action}`;
    checked(await this.send({ method: 'POST', path, body: '{}', headers: json }));
  }

  #ask<T>(path: string, body: unknown, schema: z.ZodType<T>, { signal }: AskOptions): Promise<T> {
    return this.#json({ method: 'POST', path, body: JSON.stringify(body), headers: json, signal }, schema);
  }

  async #json<T>(request: RawRequest, schema: z.ZodType<T>): Promise<T> {
    return this.#parsed(await this.send(request), request.path, schema);
  }

  #parsed<T>(answer: RawAnswer, path: string, schema: z.ZodType<T>): T {
    const text = checked(answer);
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      throw new UnreachableError(`${this.#url}${path} does not answer as expected`, { cause });
    }
  }
}

function routedBy(headers: Headers): RoutedBy {
  const [route, arm, requestId] = ['x-slipway-route', 'x-slipway-arm', 'x-request-id'].map((name) =>
    headers.get(name),
  );
  return route && arm && requestId ? { route: decodeURIComponent(route), arm, requestId } : null;
}

const json = { 'content-type': 'application/json' };

const feedbackPath = (route: string): string => `/v1/routes/${encodeURIComponent(route)}:feedback`;
const feedbackOf = ({ requestId, verdict }: Feedback) =>
  typeof verdict === 'object' && verdict !== null
    ? { requestId, label: verdict.label }
    : { requestId, outcome: verdict };

const batchPath = (id: string): string => `/v1/batches/${encodeURIComponent(id)}`;

const modelPath = (model: string, { version, label }: AskOptions): string => {
  const at =
    label === undefined
      ? version === undefined
        ? ''
        : `/versions/${version}`
      : `/labels/${encodeURIComponent(label)}`;
  return `/v1/models/${encodeURIComponent(model)}${at}`;
};

function checked({ status, bytes }: RawAnswer): string {
  const text = Buffer.from(bytes).toString();
  if (status >= 200 && status < 300) return text;
  throw new RefusedError(status, errorText(text) ?? `HTTP status ${status}`);
}

function errorText(text: string): string | null {
  try {
    return errorSchema.parse(JSON.parse(text)).error;
  } catch {
    return null; // somebody else's error page
  }
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { cause } = thrown;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return thrown.message;
}
