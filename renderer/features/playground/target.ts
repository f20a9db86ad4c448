import { canAnswer, type Model, type Version } from '../../../app/contract/models';

export interface FoundTarget {
  readonly model: Model | undefined;
  readonly version: Version | undefined;
}

/** The newest version that can answer. */
export const newestAble = ({ versions }: Model): Version | undefined => versions.find(canAnswer);

/**
 * The version meant by a route: exactly the one it names, even if that cannot answer; without a number the newest that can,
 * else the newest there is. Without a name the model used last among those that can answer, else the first.
 */
export function findTarget(
  models: readonly Model[],
  wanted: { readonly model: string | null; readonly version: number | null },
): FoundTarget {
  const named = models.find(({ name }) => name === wanted.model);
  const model = named ?? likeliest(models.filter(newestAble)) ?? likeliest(models);
  if (model === undefined) return { model: undefined, version: undefined };
  const exact = named && model.versions.find(({ version }) => version === wanted.version);
  return { model, version: exact ?? newestAble(model) ?? model.versions[0] };
}

function likeliest(models: readonly Model[]): Model | undefined {
  return [...models].sort((a, b) => (b.lastUsedAtMs ?? 0) - (a.lastUsedAtMs ?? 0))[0];
}

/** The next newer (1) or older (-1) version that can answer. */
export function neighbourVersion({ versions }: Model, from: number, step: -1 | 1): Version | undefined {
  const able = versions.filter(canAnswer).sort((a, b) => a.version - b.version);
  return step === 1
    ? able.find(({ version }) => version > from)
    : able.findLast(({ version }) => version < from);
}

/** The version with the one that is most worth comparing it to: the next older that can answer, else the next newer, else any. Oldest first. */
export function withCompanion(model: Model, version: number): { model: string; version: number }[] {
  const companion =
    neighbourVersion(model, version, -1) ??
    neighbourVersion(model, version, 1) ??
    model.versions.find((other) => other.version !== version);
  return [...(companion ? [companion.version] : []), version]
    .sort((a, b) => a - b)
    .map((each) => ({ model: model.name, version: each }));
}
