import type { Model } from '../../../app/contract/models';
import type { Route } from '../../stores/router';

/** What a new batch would ask, as far as it is decided. */
export interface BatchDraft {
  readonly model: string | null;
  /** In the order of their numbers. */
  readonly versions: readonly number[];
  /** As typed. */
  readonly top: string;
}

export const topMost = 10_000;
const usualTop = '5';

/** The number of classes to keep, if it is one. */
export function readTop(text: string): number | null {
  if (!/^\d{1,5}$/.test(text.trim())) return null;
  const top = Number(text);
  return top >= 1 && top <= topMost ? top : null;
}

type Sight = Route | { readonly model: string };

/** What a person means who begins a batch: what is in sight, else the model used last, and its newest version that can answer. */
export function draftFor(models: readonly Model[], sight: Sight): BatchDraft {
  const able = models.filter((model) => availableOf(model).length > 0);
  const { name, versions } = wanted(sight);
  const model =
    able.find((each) => each.name === name) ??
    [...able].sort((a, b) => (b.lastUsedAtMs ?? 0) - (a.lastUsedAtMs ?? 0))[0];
  if (!model) return { model: null, versions: [], top: usualTop };
  const available = availableOf(model);
  const chosen = model.name === name ? available.filter((version) => versions.includes(version)) : [];
  return {
    model: model.name,
    versions: (chosen.length > 0 ? chosen : available.slice(0, 1)).sort((a, b) => a - b),
    top: usualTop,
  };
}

/** Newest first, as models list them. */
const availableOf = ({ versions }: Model): number[] =>
  versions.filter(({ lifecycle }) => lifecycle === 'available').map(({ version }) => version);

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
