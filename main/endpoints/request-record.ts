import type { StatusCode } from '../../app/base/status';

/** What an endpoint knows of a request once it was answered. */
export interface RequestRecord {
  readonly requestId: string;
  readonly entrypoint: 'REST' | 'GRPC';
  /** Which call it was, such as `Predict`, `Classify`, `ModelInfer`, `GetModelStatus`. */
  readonly api: string;
  /** Empty where the call names none. */
  readonly model: string;
  /** The version that answered; null when none did. */
  readonly version: number | null;
  readonly status: StatusCode;
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** Of inference only. */
  readonly timingsMs: {
    readonly parse: number;
    readonly queue: number;
    readonly run: number;
    readonly render: number;
  } | null;
  readonly exampleCount: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

export type ObserveRequest = (record: RequestRecord) => void;
