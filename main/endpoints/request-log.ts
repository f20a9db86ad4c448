import { Emitter } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import type { StatusCode } from '../../app/base/status';
import type { LoggingConfig } from '../config/logging-config';
import type { RequestRecord } from './request-record';

/** Takes what is logged, such as a file of JSON lines. */
export interface LogCollector {
  /** Null for what is no inference, of which there is nothing to log; RESOURCE_EXHAUSTED when there is no room for it. */
  collect(record: RequestRecord): StatusCode | null;
  close(): Promise<void>;
}

export type CreateCollector = (config: LoggingConfig) => Promise<LogCollector>;

/** Logs of models by their names. */
export type LoggingConfigs = ReadonlyMap<string, readonly LoggingConfig[]>;

/** Logs that are open and not in use yet. */
export interface PreparedLogs {
  /** Puts them in the place of those there were. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** Opens what a configuration asks for. Throws INVALID_ARGUMENT, with nothing left open. */
export type PrepareLogs = (configs: LoggingConfigs) => Promise<PreparedLogs>;

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
  readonly #logged = new Emitter<{ readonly model: string; readonly status: StatusCode }>();
  /** Fires for every request that was to be logged, with what became of that. */
  readonly onDidLog = this.#logged.event;
  #byConfig = new Map<string, Logger>();
  #byModel: ReadonlyMap<string, readonly Logger[]> = new Map();
  #ofAll: readonly Logger[] = [];
  #settled: Promise<void> = Promise.resolve();

  /** Without `create`, no configuration can be served. `random` gives numbers from 0 to below 1. */
  constructor(create: CreateCollector | null, random: () => number = Math.random) {
    this.#create = create;
    this.#random = random;
  }

  /**
   * All or nothing: when one logger cannot be made, the old ones stay. Waits until what was prepared before is in use or discarded.
   * Throws INVALID_ARGUMENT when there is nobody to make any.
   */
  readonly prepare: PrepareLogs = async (configs) => {
    const before = this.#settled;
    let settle = (): void => undefined;
    this.#settled = new Promise((resolve) => {
      settle = resolve;
    });
    await before;
    try {
      const { commit, discard } = await this.#open(configs);
      return { commit: () => commit().finally(settle), discard: () => discard().finally(settle) };
    } catch (thrown) {
      settle();
      throw thrown;
    }
  };

  async #open(configs: LoggingConfigs): Promise<PreparedLogs> {
    const next = new Map<string, Logger>();
    const made: Logger[] = [];
    const byModel = new Map<string, readonly Logger[]>();
    const discard = async (): Promise<void> => {
      await Promise.all(made.map(({ collector }) => collector.close()));
    };
    try {
      for (const [model, list] of configs) {
        const loggers: Logger[] = [];
        for (const config of list) {
          const key = keyOf(config);
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
      await discard();
      throw thrown;
    }
    const commit = async (): Promise<void> => {
      const old = [...this.#byConfig.values()];
      this.#byConfig = next;
      this.#byModel = byModel;
      const kept = new Set(next.values());
      await Promise.all(old.filter((logger) => !kept.has(logger)).map(({ collector }) => collector.close()));
    };
    return { commit, discard };
  }

  /** Prepares and commits. */
  async update(configs: LoggingConfigs): Promise<void> {
    const prepared = await this.prepare(configs);
    await prepared.commit();
  }

  /** Logs every model's requests as well, for good. Throws INVALID_ARGUMENT. */
  async logAll(config: LoggingConfig): Promise<void> {
    this.#ofAll = [...this.#ofAll, await this.#make(config)];
  }

  /** Logs the record, or not, as the sampling of its model, or of the one that a route sent it to, falls. Others are passed over. */
  readonly observe = (record: RequestRecord): void => {
    for (const { samplingRate, collector } of this.#loggersOf(record)) {
      if (this.#random() >= samplingRate) continue;
      const status = collector.collect(record);
      if (status !== null) this.#logged.fire({ model: record.model, status });
    }
  };

  async close(): Promise<void> {
    await this.update(new Map());
    await Promise.all(this.#ofAll.map(({ collector }) => collector.close()));
    this.#logged.dispose();
  }

  #loggersOf({ model, routed }: RequestRecord): Iterable<Logger> {
    if (this.#byModel.size === 0) return this.#ofAll;
    const models = routed ? [model, routed.model] : [model];
    return new Set([...this.#ofAll, ...models.flatMap((it) => this.#byModel.get(it) ?? [])]);
  }

  async #make(config: LoggingConfig): Promise<Logger> {
    if (!this.#create)
      throw new AppError('INVALID_ARGUMENT', {}, { detail: 'No request log can be made here.' });
    return { samplingRate: config.samplingRate, collector: await this.#create(config) };
  }
}

const keyOf = ({ collector, samplingRate }: LoggingConfig): string =>
  JSON.stringify([collector.type, collector.filenamePrefix, samplingRate]);
