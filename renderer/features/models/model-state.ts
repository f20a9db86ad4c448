import { canAnswer, type Lifecycle, type Model, type Version } from '../../../app/contract/models';
import type { RouteView } from '../../../app/contract/routes';
import type { ModelColumn, ModelSort } from '../../stores/ui';

/** Which state speaks for a model as a whole: it serves if any version does, then what is on its way, then what failed. */
const speaksFirst: readonly Lifecycle[] = [
  'available',
  'loading',
  'waiting',
  'failed',
  'unloading',
  'unloaded',
  'onDisk',
];

export function stateOf(model: Model): Lifecycle {
  const present = new Set(model.versions.map((version) => version.lifecycle));
  const state = speaksFirst.find((candidate) => present.has(candidate)) ?? 'onDisk';
  return model.problem && state !== 'available' ? 'failed' : state;
}

export const isLoaded = ({ lifecycle }: Version): boolean =>
  lifecycle === 'available' || lifecycle === 'unloading';

export const loadedCount = (model: Model): number =>
  model.versions.filter((version) => version.lifecycle === 'available').length;

export const failedCount = (model: Model): number =>
  model.versions.filter((version) => version.lifecycle === 'failed').length;

/** Bytes that a version takes now, or that are set aside for it while it loads; null when none. */
export function bytesNow(version: Version): number | null {
  if (version.residentBytes !== null) return version.residentBytes;
  return version.lifecycle === 'loading' ? version.estimatedBytes : null;
}

export function memoryOf(model: Model): number | null {
  const parts = model.versions.map(bytesNow).filter((bytes) => bytes !== null);
  return parts.length === 0 ? null : parts.reduce((sum, bytes) => sum + bytes, 0);
}

export const newestAvailable = (model: Model): Version | undefined =>
  model.versions.find((version) => version.lifecycle === 'available');

/** The newest that answers, loaded or loaded by being asked. */
export const newestAble = (model: Model): Version | undefined => model.versions.find(canAnswer);

/** Can it be asked to load? */
export const canLoad = ({ lifecycle, isOnDisk }: Version): boolean =>
  isOnDisk && (lifecycle === 'onDisk' || lifecycle === 'unloaded' || lifecycle === 'failed');

export const canUnload = ({ lifecycle }: Version): boolean => lifecycle === 'available';

/** Is its load under way, or about to be tried again by itself? */
export const canCancel = ({ lifecycle, nextAttemptAtMs }: Version): boolean =>
  lifecycle === 'loading' || lifecycle === 'waiting' || nextAttemptAtMs !== null;

const policyRank = ({ policy }: Model): string =>
  policy.kind === 'latest' ? `latest ${policy.count}` : policy.kind;

const sortKeys: Readonly<Record<ModelSort['column'], (model: Model) => number | string>> = {
  name: ({ name }) => name,
  state: (model) => speaksFirst.indexOf(stateOf(model)),
  loaded: loadedCount,
  memory: (model) => memoryOf(model) ?? -1,
  lastUsed: ({ lastUsedAtMs }) => lastUsedAtMs ?? 0,
  policy: policyRank,
};

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The models whose name holds `filter`, in the wanted order; names decide between equals. */
export function arrange(models: Iterable<Model>, filter: string, sort: ModelSort): Model[] {
  const wanted = filter.trim().toLocaleLowerCase();
  const keyOf = sortKeys[sort.column];
  const direction = sort.descending ? -1 : 1;
  return [...models]
    .filter((model) => model.name.toLocaleLowerCase().includes(wanted))
    .sort((a, b) => {
      const x = keyOf(a);
      const y = keyOf(b);
      const order =
        typeof x === 'number' && typeof y === 'number' ? x - y : collator.compare(String(x), String(y));
      return order * direction || collator.compare(a.name, b.name);
    });
}

/** A line of the list: a model, or a route that is called like one. */
export type ListEntry =
  | { readonly kind: 'model'; readonly name: string; readonly model: Model }
  | { readonly kind: 'route'; readonly name: string; readonly view: RouteView };

/** Models in their order, and the routes that fit the filter where their names put them; after the models in any order but by name. */
export function arrangeList(
  models: Iterable<Model>,
  routes: Iterable<RouteView>,
  filter: string,
  sort: ModelSort,
): ListEntry[] {
  const wanted = filter.trim().toLocaleLowerCase();
  const direction = sort.column === 'name' && sort.descending ? -1 : 1;
  const views = [...routes]
    .filter(({ route }) => route.name.toLocaleLowerCase().includes(wanted))
    .map((view): ListEntry => ({ kind: 'route', name: view.route.name, view }));
  const entries = [
    ...arrange(models, filter, sort).map((model): ListEntry => ({ kind: 'model', name: model.name, model })),
    ...views.sort((a, b) => collator.compare(a.name, b.name)),
  ];
  if (sort.column !== 'name') return entries;
  return entries.sort((a, b) => collator.compare(a.name, b.name) * direction);
}

export const optionalColumns: readonly ModelColumn[] = ['loaded', 'memory', 'policy', 'lastUsed'];
