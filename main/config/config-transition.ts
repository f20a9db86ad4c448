import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../app/base/errors';
import { configError } from './config-error';
import { foundOut, type ModelConfig } from './config-schema';
import type { ServerConfig } from './server-config';
import { type PlatformNames, type ValidConfig, validateModels } from './validate-config';

/** The configuration in force; `notSet` until the first one. */
export type ActiveConfig =
  | { readonly kind: 'notSet' }
  | { readonly kind: 'custom' }
  | { readonly kind: 'list'; readonly config: ValidConfig };

export const noConfig: ActiveConfig = { kind: 'notSet' };

/** What going from one configuration to another means for single models. Each list is in the order of the new configuration. */
export interface ConfigChange {
  readonly added: readonly ModelConfig[];
  /** With what they were, and which of their settings differ. */
  readonly changed: readonly {
    readonly from: ModelConfig;
    readonly to: ModelConfig;
    readonly settings: readonly (keyof ModelConfig)[];
  }[];
  readonly removed: readonly ModelConfig[];
  readonly unchanged: readonly ModelConfig[];
}

export interface ConfigTransition {
  readonly next: ActiveConfig;
  readonly change: ConfigChange;
}

const nothing: ConfigChange = { added: [], changed: [], removed: [], unchanged: [] };

/** What is known of the files of a model, whatever its configuration says; undefined when nothing is. */
export type PlatformOf = (model: string) => string | undefined;

/**
 * Decides whether `next` may follow `active`, and what that changes, before anything is changed: a reload is carried out as a whole or not at all.
 * A custom configuration needs a loader, which Slipway has none of. An empty list is allowed and removes every model.
 * Throws CONFIG_INVALID (INVALID_ARGUMENT) or CONFIG_CHANGE_REFUSED (FAILED_PRECONDITION).
 * Source: TensorFlow Serving, server_core.cc (`ReloadConfig`).
 */
export function transition(
  active: ActiveConfig,
  next: ServerConfig,
  platforms: PlatformNames,
  platformOf: PlatformOf = () => undefined,
): ConfigTransition {
  if (active.kind === 'notSet' && next.kind === 'notSet') return { next: active, change: nothing };
  if (active.kind !== 'notSet' && active.kind !== next.kind)
    throw new AppError('CONFIG_CHANGE_REFUSED', {
      reason: 'A running server keeps the kind of its configuration: a list of models, or a custom one',
    });
  if (next.kind !== 'list')
    throw configError('custom_model_config', 'custom configurations are not supported');
  const config = validateModels(next, platforms);
  const before = active.kind === 'list' ? active.config.models : new Map<string, ModelConfig>();
  return { next: { kind: 'list', config }, change: changeBetween(before, config.models, platformOf) };
}

/** Lets through what a client may send to a running server: a list of models and nothing else. Throws CONFIG_INVALID. */
export function assertReloadable(next: ServerConfig): asserts next is ServerConfig & { kind: 'list' } {
  if (next.kind !== 'list')
    throw configError('config', 'only a list of models can be sent to a running server');
}

function changeBetween(
  before: ReadonlyMap<string, ModelConfig>,
  after: ReadonlyMap<string, ModelConfig>,
  platformOf: PlatformOf,
): ConfigChange {
  const added: ModelConfig[] = [];
  const changed: ConfigChange['changed'][number][] = [];
  const unchanged: ModelConfig[] = [];
  for (const to of after.values()) {
    const from = before.get(to.name);
    if (!from) {
      added.push(to);
      continue;
    }
    const was = from.platform === foundOut ? (platformOf(to.name) ?? foundOut) : from.platform;
    if (was !== foundOut && to.platform !== foundOut && was !== to.platform)
      throw configError(to.name, `the platform of a model cannot change from ${was} to ${to.platform}`);
    const settings = (Object.keys(to) as (keyof ModelConfig)[]).filter(
      (setting) => !isDeepStrictEqual(from[setting], to[setting]),
    );
    if (settings.length === 0) unchanged.push(to);
    else changed.push({ from, to, settings });
  }
  const removed = [...before.values()].filter((model) => !after.has(model.name));
  return { added, changed, removed, unchanged };
}
