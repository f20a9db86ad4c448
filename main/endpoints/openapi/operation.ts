import type { TokenScope } from '../auth/token-scope';
import type { SchemaName } from './schemas';

/** What a call takes or answers besides, or instead of, JSON. */
export type Media =
  | 'picture'
  | 'pictures'
  | 'archive'
  | 'pictureLines'
  | 'resultLines'
  | 'tensors'
  | 'text'
  | 'nothing';

export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** With `{model}`, `{version}`, `{label}`, `{route}`, `{id}` as parameters. */
  readonly path: string;
  /** As metrics and logs call it. */
  readonly api: string;
  readonly summary: string;
  readonly tag: string;
  readonly scope: TokenScope | null;
  readonly request: SchemaName | null;
  readonly otherRequests: readonly Media[];
  readonly answer: SchemaName | Media;
  /** The status that says that it went well; 200 when absent. */
  readonly success?: number;
  /** Query parameters: name, what it is for, and its words, empty for any; without them it is a whole number of at least 1. */
  readonly query: Readonly<
    Record<string, { readonly description: string; readonly words?: readonly string[] }>
  >;
  /** Statuses other than 200 that are this call's own, with why. */
  readonly statuses: Readonly<Record<number, string>>;
}

export type Given = Pick<Operation, 'method' | 'path' | 'api' | 'summary' | 'scope' | 'answer'> &
  Partial<Operation>;

/** With what most operations have. */
export const operation = (tag: string, given: Given): Operation => ({
  tag,
  request: null,
  otherRequests: [],
  query: {},
  statuses: {},
  ...given,
});
