import type { Route } from '../../app/contract/routes';
import type { ModelConfig } from './config-schema';
import type { LoggingConfig } from './logging-config';

/** A model as a configuration file names it: not yet known to make sense. */
export interface RawModelConfig extends ModelConfig {
  /** TensorFlow Serving's older way to name the platform; empty when it is not used. */
  readonly modelType?: string;
  /** Of the endpoints alone: the engine knows nothing of it. */
  readonly logging?: LoggingConfig | null;
  /** Where it stands in its file, for errors. */
  readonly where: string;
}

/**
 * What a configuration file says. Source: TensorFlow Serving, `ModelServerConfig`: a list, a custom config, or nothing.
 * Slipway's own document is always a list.
 */
export type ServerConfig =
  | {
      readonly kind: 'list';
      readonly models: readonly RawModelConfig[];
      /** Where relative base paths begin; null when there is no such place. */
      readonly rootFolder: string | null;
      /** What models may take together, with null for the default; null leaves it as it is: for formats that have no word for it. */
      readonly resources: { readonly memoryBytes: number | null } | null;
      /** Null leaves the routes as they are: for formats that have no word for them. */
      readonly routes: readonly Route[] | null;
    }
  | { readonly kind: 'custom' }
  | { readonly kind: 'notSet' };
