import type { PictureChange } from '../../app/contract/inference';
import type { ModelEvent } from '../../app/contract/models';
import type { PictureChoice } from '../engine-api';
import type { InferenceServable } from '../platforms/inference-servable';
import type { KeptChoices } from '../runner/protocol';
import type { Occasion } from './chronicle';
import type { Inverse } from './entry-patch';
import type { ModelEntry, ModelRegistry } from './model-registry';
import type { ModelViews } from './model-views';
import type { UndoStack } from './undo-stack';

export interface PictureChoicesParts {
  readonly registry: Pick<ModelRegistry, 'get' | 'commit'>;
  readonly views: Pick<ModelViews, 'noteEntry'>;
  readonly undo: Pick<UndoStack, 'push'>;
  /** Asks exactly this version. */
  readonly ask: <T>(
    model: string,
    version: number,
    ask: (servable: InferenceServable) => Promise<T>,
  ) => Promise<T>;
}

type PictureInverse = Extract<Inverse, { readonly kind: 'pictures' }>;

/**
 * How pictures go into a version and what its classes are called, as a person sets it: kept in the version's folder, and here where that
 * cannot be written to. The version has to be loaded, for it is what judges whether a choice fits it.
 */
export class PictureChoices {
  readonly #parts: PictureChoicesParts;

  constructor(parts: PictureChoicesParts) {
    this.#parts = parts;
  }

  /** Throws SERVABLE_NOT_FOUND, MODEL_NOT_A_CLASSIFIER, INVALID_ARGUMENT. */
  async set(
    model: string,
    version: number,
    change: PictureChange,
    kind: ModelEvent['kind'],
  ): Promise<PictureChoice & { readonly undo: string }> {
    const { description, before, isKeptInFolder } = await this.#carryOut(model, version, change, {
      kind,
      cause: 'person',
    });
    const undo = this.#parts.undo.push({ kind: 'pictures', model, version, change: before, action: kind });
    return { description, isKeptInFolder, undo };
  }

  async takeBack({ model, version, change }: PictureInverse, occasion: Occasion): Promise<void> {
    await this.#carryOut(model, version, change, occasion);
  }

  async #carryOut(model: string, version: number, change: PictureChange, occasion: Occasion) {
    const { registry, views, ask } = this.#parts;
    const configured = await ask(model, version, (servable) => servable.configure(change));
    const entry = registry.get(model);
    const kept = keptIn(entry, version, configured);
    if (kept !== entry) await registry.commit(new Map([[model, kept]]));
    views.noteEntry(model, occasion, version);
    return configured;
  }
}

/** What a person chose for a version and its folder could not keep. */
export const choicesOf = (entry: ModelEntry | undefined, version: number): KeptChoices => ({
  preprocessing: entry?.preprocessing[version],
  labels: entry?.classNames[version],
});

function keptIn(
  entry: ModelEntry,
  version: number,
  { after, isKeptInFolder }: Awaited<ReturnType<InferenceServable['configure']>>,
): ModelEntry {
  const mustKeep = !isKeptInFolder;
  const { preprocessing, labels } = after;
  const names = mustKeep ? (labels ?? undefined) : undefined;
  const settings = mustKeep ? (preprocessing ?? undefined) : undefined;
  let next = entry;
  if (preprocessing !== undefined && (settings || entry.preprocessing[version]))
    next = { ...next, preprocessing: withVersion(next.preprocessing, version, settings) };
  if (labels !== undefined && (names || entry.classNames[version]))
    next = { ...next, classNames: withVersion(next.classNames, version, names) };
  return next;
}

function withVersion<T>(
  kept: Readonly<Record<string, T>>,
  version: number,
  value: T | undefined,
): Record<string, T> {
  const { [version]: _before, ...others } = kept;
  return value === undefined ? others : { ...others, [version]: value };
}
