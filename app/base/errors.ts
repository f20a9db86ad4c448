import type { StatusCode } from './status';

/**
 * Every failure a person or a client can meet, with the canonical status that protocols answer for it.
 * Title, text and next step live in the message catalogue under `error.<CODE>`; a test holds the two lists together.
 */
export const errorStatus = {
  CANCELLED: 'CANCELLED',
  DEADLINE_EXCEEDED: 'DEADLINE_EXCEEDED',
  INTERNAL: 'INTERNAL',
  INVALID_ARGUMENT: 'INVALID_ARGUMENT',
  FAILED_PRECONDITION: 'FAILED_PRECONDITION',

  // the page and its bridge
  IPC_BAD_INPUT: 'INVALID_ARGUMENT',
  IPC_UNTRUSTED_SENDER: 'PERMISSION_DENIED',

  // serving
  SERVABLE_NOT_FOUND: 'NOT_FOUND',
  SERVABLE_WRONG_TYPE: 'INVALID_ARGUMENT',
  MODEL_NOT_FOUND: 'NOT_FOUND',
  VERSION_NOT_FOUND: 'NOT_FOUND',
  MODEL_NAME_TAKEN: 'ALREADY_EXISTS',
  MODEL_NAME_INVALID: 'INVALID_ARGUMENT',
  LABEL_UNKNOWN: 'INVALID_ARGUMENT',
  MEMORY_EXHAUSTED: 'RESOURCE_EXHAUSTED',

  // configuration
  CONFIG_INVALID: 'INVALID_ARGUMENT',
  CONFIG_CHANGE_REFUSED: 'FAILED_PRECONDITION',

  // routes
  ROUTE_NOT_FOUND: 'NOT_FOUND',
  ROUTE_INVALID: 'INVALID_ARGUMENT',
  ROUTE_CHANGED: 'FAILED_PRECONDITION',
  ROUTE_REQUEST_UNKNOWN: 'NOT_FOUND',
  ROUTE_UNANSWERED: 'UNAVAILABLE',

  // folders and what is dropped
  BASE_PATH_MISSING: 'INVALID_ARGUMENT',
  BASE_PATH_UNREADABLE: 'INVALID_ARGUMENT',
  DROP_NO_VERSION_FOLDERS: 'INVALID_ARGUMENT',
  DROP_FOLDER_EMPTY: 'NOT_FOUND',
  DROP_NO_MODEL_FILE: 'INVALID_ARGUMENT',
  DROP_UNREADABLE: 'INVALID_ARGUMENT',
  DROP_GONE: 'NOT_FOUND',
  DROP_ALREADY_ADDED: 'ALREADY_EXISTS',
  DROP_NOT_A_MODEL: 'INVALID_ARGUMENT',
  DROP_LINK_LEAVES_FOLDER: 'INVALID_ARGUMENT',
  DROP_TOO_LARGE: 'INVALID_ARGUMENT',
  DROP_NETWORK_SHARE: 'INVALID_ARGUMENT',
  DROP_EXPIRED: 'FAILED_PRECONDITION',
  ARCHIVE_DAMAGED: 'DATA_LOSS',
  ARCHIVE_UNSAFE: 'INVALID_ARGUMENT',
  ARCHIVE_SEVERAL_MODELS: 'INVALID_ARGUMENT',
  IMPORT_FAILED: 'UNAVAILABLE',
  DISK_FULL: 'RESOURCE_EXHAUSTED',

  // model files
  MODEL_FILE_MISSING: 'NOT_FOUND',
  MODEL_FILE_UNREADABLE: 'INVALID_ARGUMENT',
  MODEL_FILE_EMPTY: 'INVALID_ARGUMENT',
  MODEL_FILE_TRUNCATED: 'DATA_LOSS',
  MODEL_FILE_DAMAGED: 'DATA_LOSS',
  MODEL_FILE_TOO_INTRICATE: 'INVALID_ARGUMENT',
  MODEL_FILE_IS_LFS_POINTER: 'INVALID_ARGUMENT',
  MODEL_FILE_NOT_ONNX: 'INVALID_ARGUMENT',
  MODEL_EXTERNAL_DATA_MISSING: 'NOT_FOUND',
  MODEL_EXTERNAL_DATA_LEAVES_FOLDER: 'INVALID_ARGUMENT',
  MODEL_CUSTOM_OPERATORS: 'UNIMPLEMENTED',
  MODEL_OPSET_UNSUPPORTED: 'UNIMPLEMENTED',
  MODEL_OPSET_TOO_OLD: 'UNIMPLEMENTED',
  MODEL_OPERATOR_UNSUPPORTED: 'UNIMPLEMENTED',
  MODEL_REFUSED_BY_RUNTIME: 'INVALID_ARGUMENT',
  MODEL_IS_SAVED_MODEL: 'UNIMPLEMENTED',
  MODEL_IS_KERAS: 'UNIMPLEMENTED',
  MODEL_IS_TFLITE: 'UNIMPLEMENTED',
  MODEL_PLATFORM_MIXED: 'FAILED_PRECONDITION',
  MODEL_WEIGHTS_MISSING: 'NOT_FOUND',
  MODEL_NOT_TENSORFLOW_JS: 'INVALID_ARGUMENT',
  TABLE_FILE_INVALID: 'INVALID_ARGUMENT',
  TABLE_ROW_INVALID: 'INVALID_ARGUMENT',
  TABLE_EMPTY: 'INVALID_ARGUMENT',
  TABLE_VOCABULARY_MISSING: 'NOT_FOUND',
  TABLE_VOCABULARY_MISMATCH: 'INVALID_ARGUMENT',
  TABLE_KEY_UNKNOWN: 'NOT_FOUND',
  MODEL_IS_TABLE: 'FAILED_PRECONDITION',
  TABLE_HAS_NO_VECTORS: 'FAILED_PRECONDITION',
  MODEL_GIVES_NO_TENSORS: 'FAILED_PRECONDITION',
  MODEL_NOT_A_CLASSIFIER: 'FAILED_PRECONDITION',
  CLASS_NAMES_UNREADABLE: 'INVALID_ARGUMENT',
  MODEL_RUN_FAILED: 'INVALID_ARGUMENT',
  BATCHING_INVALID: 'INVALID_ARGUMENT',
  WARMUP_INVALID: 'INVALID_ARGUMENT',
  WARMUP_FAILED: 'FAILED_PRECONDITION',

  // runners
  RUNNER_CRASHED: 'UNAVAILABLE',
  RUNNER_UNRESPONSIVE: 'DEADLINE_EXCEEDED',
  RUNNER_LOAD_OVERRAN: 'DEADLINE_EXCEEDED',
  RUNNER_START_FAILED: 'UNAVAILABLE',
  RUNNER_OUT_OF_MEMORY: 'RESOURCE_EXHAUSTED',
  RUNNER_OVER_MEMORY_CAP: 'RESOURCE_EXHAUSTED',
  RUNNER_END_FORCED: 'DEADLINE_EXCEEDED',
  INPUT_CRASHED_VERSION: 'INVALID_ARGUMENT',
  QUEUE_FULL: 'UNAVAILABLE',

  // endpoints
  PORT_IN_USE: 'UNAVAILABLE',
  PORT_NOT_ALLOWED: 'PERMISSION_DENIED',
  ADDRESS_NOT_HERE: 'INVALID_ARGUMENT',
  REMOTE_UNREACHABLE: 'UNAVAILABLE',
  REMOTE_REFUSED: 'FAILED_PRECONDITION',

  // pictures and tensors
  PICTURE_UNREADABLE: 'INVALID_ARGUMENT',
  PICTURE_TOO_LARGE: 'INVALID_ARGUMENT',
  PICTURE_IS_FOLDER: 'INVALID_ARGUMENT',
  PICTURE_NOT_FOUND: 'NOT_FOUND',
  BATCH_NO_PICTURES: 'INVALID_ARGUMENT',
  BATCH_PASTED_PICTURES: 'INVALID_ARGUMENT',
  EXPORT_FAILED: 'UNAVAILABLE',
  TENSOR_MISMATCH: 'INVALID_ARGUMENT',
} as const satisfies Record<string, StatusCode>;

export type ErrorCode = keyof typeof errorStatus;
export const errorCodes = Object.keys(errorStatus) as readonly ErrorCode[];

/** An error as it crosses a process border. `params` fill the catalogue's text; `detail` is technical and holds no machine path. */
export interface WireError {
  readonly code: ErrorCode;
  readonly status: StatusCode;
  readonly params: Readonly<Record<string, string>>;
  readonly detail: string;
}

export interface AppErrorOptions {
  /** Technical text, in English, fit for a log and for an HTTP client: never a machine's path. */
  readonly detail?: string;
  /** Overrides the code's usual canonical status. */
  readonly status?: StatusCode;
  readonly cause?: unknown;
}

/** An expected failure: shown to people with a next step, answered to clients with its canonical status. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly params: WireError['params'];
  readonly status: StatusCode;

  constructor(code: ErrorCode, params: WireError['params'] = {}, options: AppErrorOptions = {}) {
    super(options.detail ?? code, { cause: options.cause });
    this.code = code;
    this.params = params;
    this.status = options.status ?? errorStatus[code];
  }

  static from(thrown: unknown): AppError {
    if (thrown instanceof AppError) return thrown;
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    return new AppError('INTERNAL', {}, { detail, cause: thrown });
  }

  static fromWire({ code, params, detail, status }: WireError): AppError {
    return new AppError(code, params, { detail, status });
  }

  toWire(): WireError {
    return { code: this.code, status: this.status, params: this.params, detail: this.message };
  }
}

export const isCancelled = (thrown: unknown): boolean =>
  (thrown instanceof AppError && thrown.code === 'CANCELLED') ||
  (thrown instanceof Error && thrown.name === 'AbortError');

let report: (error: unknown) => void = (error) => console.error(error);

/** Where bugs go: a listener that threw, a promise nobody awaits. The composition root may point it at a log; tests fail on it. */
export function reportUnexpected(error: unknown): void {
  report(error);
}

export function setUnexpectedReporter(reporter: (error: unknown) => void): void {
  report = reporter;
}
