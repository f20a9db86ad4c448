import { canAnswer, type Model } from '../../../app/contract/models';

const able = ({ versions }: Model): number => versions.filter(canAnswer).length;

/** The model that one most likely wants a route over: with two versions that answer, then with two versions, then used last. */
export function likeliestModel(models: Iterable<Model>): Model | undefined {
  const rank = (model: Model): number => Math.min(2, able(model)) * 10 + Math.min(2, model.versions.length);
  return [...models].sort(
    (a, b) =>
      rank(b) - rank(a) || (b.lastUsedAtMs ?? 0) - (a.lastUsedAtMs ?? 0) || a.name.localeCompare(b.name),
  )[0];
}
