import type { TensorFormat } from '../../../app/base/tensor-files';
import type { Model, Version } from '../../../app/contract/models';
import type { Route } from '../../stores/router';

/** What a new batch would ask, as far as it is decided. */
export interface BatchDraft {
  readonly model: string | null;
  /** In the order of their numbers. */
  readonly versions: readonly number[];
  /** Of pictures, as typed. */
  readonly top: string;
  /** Of tensors: what the answers become. */
  readonly target: TensorFormat;
}

export const topMost = 10_000;
const usual = { top: '5', target: 'npz' } as const;

/** The number of classes to keep, if it is one. */
export function readTop(text: string): number | null {
  if (!/^\d{1,5}$/.test(text.trim())) return null;
  const top = Number(text);
  return top >= 1 && top <= topMost ? top : null;
}

type Sight = Route | { readonly model: string };

/** What can be asked: a batch brings processes of its own, so that a version need not be loaded. */
export const isAskable = ({ isOnDisk, lifecycle }: Version): boolean => isOnDisk && lifecycle !== 'failed';

/** The models that can be asked, the one that was used last first. Tables answer keys, and of those a batch knows nothing. */
export const askableModels = (models: readonly Model[]): Model[] =>
  models
    .filter(({ platform, versions }) => platform !== 'lookup-table' && versions.some(isAskable))
    .sort((a, b) => (b.lastUsedAtMs ?? 0) - (a.lastUsedAtMs ?? 0) || a.name.localeCompare(b.name));

/** What a person means who begins a batch: what is in sight, else the model used last; its versions that are, else the newest that answers. */
export function draftFor(models: readonly Model[], sight: Sight): BatchDraft {
  const able = askableModels(models);
  const { name, versions } = wanted(sight);
  const model = able.find((each) => each.name === name) ?? able[0];
  if (!model) return { model: null, versions: [], ...usual };
  const askable = model.versions.filter(isAskable);
  const inSight = askable.filter(({ version }) => model.name === name && versions.includes(version));
  const newest = askable.find(({ lifecycle }) => lifecycle === 'available') ?? askable[0];
  const chosen = inSight.length > 0 ? inSight : newest ? [newest] : [];
  return {
    model: model.name,
    versions: chosen.map(({ version }) => version).sort((a, b) => a - b),
    ...usual,
  };
}

function wanted(sight: Sight): { name: string | null; versions: readonly number[] } {
  if (!('area' in sight)) return { name: sight.model, versions: [] };
  if (sight.area === 'playground') {
    return { name: sight.model, versions: sight.version === null ? [] : [sight.version] };
  }
  if (sight.area === 'compare') {
    const [first] = sight.versions;
    const same = sight.versions.filter(({ model }) => model === first?.model);
    return { name: first?.model ?? null, versions: same.map(({ version }) => version) };
  }
  return { name: sight.area === 'models' ? sight.model : null, versions: [] };
}
