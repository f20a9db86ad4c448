import type { Attribute } from '../../app/contract/routes';

/** What of a request can decide about its way: plain data, so that it can be recorded and crosses process borders. */
export interface RequestAttributes {
  readonly requestId: string;
  /** HTTP headers or gRPC metadata, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The name of the client's access token; null without one. */
  readonly token: string | null;
  /** The members of the body's `context`, as texts. */
  readonly context: Readonly<Record<string, string>>;
  /** The parameters of an Open Inference request, as texts. */
  readonly parameters: Readonly<Record<string, string>>;
}

const nothing = {};

/** A request of which no more is known than its id, and the headers a caller may give. */
export const plainRequest = (
  requestId: string,
  headers: Readonly<Record<string, string>> = nothing,
): RequestAttributes => ({ requestId, headers, token: null, context: nothing, parameters: nothing });

/** Reads one attribute; undefined where the request lacks it, or it is empty. */
export type ReadAttribute = (request: RequestAttributes) => string | undefined;

/** How to read an attribute; `key` is what the route's `stickyBy` reads. */
export function attributeReader({ from, name }: Attribute, key: ReadAttribute | null): ReadAttribute {
  switch (from) {
    case 'header': {
      const header = name.toLowerCase();
      return ({ headers }) => {
        const value = headers[header];
        return present(typeof value === 'string' ? value : value?.[0]);
      };
    }
    case 'context':
      return ({ context }) => present(own(context, name));
    case 'parameter':
      return ({ parameters }) => present(own(parameters, name));
    case 'token':
      return ({ token }) => present(token ?? undefined);
    case 'key':
      return key ?? (() => undefined);
  }
}

/** A name such as `constructor` is nothing that a client sent. */
const own = (record: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

const present = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

const secretHeader =
  /^(?:(?:proxy-)?authorization|cookie|set-cookie)$|api[-_]?key|token|secret|password|credential/i;
/** Clients mostly send the same few names, and each of their requests asks. */
const judged = new Map<string, boolean>();
const maxJudged = 1_000;

/** Headers that hold secrets: no rule looks at them, and none is recorded. */
export function isSecretHeader(name: string): boolean {
  let isSecret = judged.get(name);
  if (isSecret === undefined) {
    isSecret = secretHeader.test(name);
    if (judged.size < maxJudged) judged.set(name, isSecret);
  }
  return isSecret;
}

const maxRecordedValue = 256;

/** What may be kept of a request: nothing secret, nothing endless. */
export function recordable(request: RequestAttributes): RequestAttributes {
  const headers: Record<string, string> = {};
  for (const name in request.headers) {
    const value = request.headers[name];
    const text = typeof value === 'string' ? value : value?.[0];
    if (text !== undefined && text.length <= maxRecordedValue && !isSecretHeader(name)) headers[name] = text;
  }
  const { requestId, token, context, parameters } = request;
  return { requestId, headers, token, context, parameters };
}
