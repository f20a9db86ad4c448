import { AppError } from '../../app/base/errors';
import type { RequestRecord } from './request-record';

/** Source: config/logging_config.proto and config/log_collector_config.proto. */
export interface LoggingConfig {
  readonly collector: { readonly type: string; readonly filenamePrefix: string };
  /** The share of requests that is logged, 0 to 1. */
  readonly samplingRate: number;
}

/** Takes what is logged, such as a file of JSON lines. */
export interface LogCollector {
  collect(record: RequestRecord): void;
  close(): Promise<void>;
}

export type CreateCollector = (config: LoggingConfig) => Promise<LogCollector>;

interface Logger {
  readonly samplingRate: number;
  readonly collector: LogCollector;
}

/**
 * Logs a sample of each model's requests. Models with equal configurations share a logger, and an unchanged one is kept over updates.
 * Source: TensorFlow Serving, core/server_request_logger.h.
 */
export class RequestLoggers {
  readonly #create: CreateCollector | null;
  readonly #random: () => number;
  #byConfig = new Map<string, Logger>();
  #byModel: ReadonlyMap<string, readonly Logger[]> = new Map();

  /** Without `create`, no configuration can be served. `random` gives numbers from 0 to below 1. */
  constructor(create: CreateCollector | null, random: () => number = Math.random) {
    this.#create = create;
    this.#random = random;
  }

  /** All or nothing: when one logger cannot be made, the old ones stay. Throws INVALID_ARGUMENT when there is nobody to make any. */
  async update(configs: ReadonlyMap<string, readonly LoggingConfig[]>): Promise<void> {
    const next = new Map<string, Logger>();
    const made: Logger[] = [];
    const byModel = new Map<string, readonly Logger[]>();
    try {
      for (const [model, list] of configs) {
        const loggers: Logger[] = [];
        for (const config of list) {
          const key = JSON.stringify([
            config.collector.type,
            config.collector.filenamePrefix,
            config.samplingRate,
          ]);
          let logger = next.get(key) ?? this.#byConfig.get(key);
          if (!logger) {
            logger = await this.#make(config);
            made.push(logger);
          }
          next.set(key, logger);
          loggers.push(logger);
        }
        byModel.set(model, loggers);
      }
    } catch (thrown) {
      await Promise.all(made.map(({ collector }) => collector.close()));
      throw thrown;
    }
    const old = [...this.#byConfig.values()];
    this.#byConfig = next;
    this.#byModel = byModel;
    const kept = new Set(next.values());
    await Promise.all(old.filter((logger) => !kept.has(logger)).map(({ collector }) => collector.close()));
  }

  /** Logs the record, or not, as its model's sampling falls. A model without a logger is passed over. */
  readonly observe = (record: RequestRecord): void => {
    for (const { samplingRate, collector } of this.#byModel.get(record.model) ?? [])
      if (this.#random() < samplingRate) collector.collect(record);
  };

  close(): Promise<void> {
    return this.update(new Map());
  }

  async #make(config: LoggingConfig): Promise<Logger> {
    if (!this.#create)
      throw new AppError('INVALID_ARGUMENT', {}, { detail: 'No request log can be made here.' });
    return { samplingRate: config.samplingRate, collector: await this.#create(config) };
  }
}
