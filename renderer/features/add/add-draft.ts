import {
  modelNameSchema,
  type Offer,
  type OfferItem,
  type VersionPolicy,
} from '../../../app/contract/models';
import type { MessageId } from '../../messages/en';
import type { Translator } from '../../messages/translator';
import type { AddWish } from '../../stores/adding';

export type AddableItem = Exclude<OfferItem, { kind: 'refused' }>;
export type RefusedItem = Extract<OfferItem, { kind: 'refused' }>;

/** The policies that the sheet offers; anything else can be set afterwards. */
export const startPolicies = ['latest1', 'latest2', 'all'] as const;
export type StartPolicy = (typeof startPolicies)[number];

/** What a person has decided about one item so far. */
export interface AddDraft {
  readonly isTicked: boolean;
  readonly name: string;
  /** The model whose next version it becomes; null for a new model. */
  readonly asVersionOf: string | null;
  readonly policy: StartPolicy;
}
export type AddDrafts = ReadonlyMap<string, AddDraft>;

export const isAddable = (item: OfferItem): item is AddableItem => item.kind !== 'refused';
export const isRefused = (item: OfferItem): item is RefusedItem => item.kind === 'refused';

/** Everything ticked, under its own name; a lone version starts as the next version of a model that is like it, if there is one. */
export const draftsOf = (offer: Offer): AddDrafts =>
  new Map(
    offer.items.filter(isAddable).map((item) => [
      item.id,
      {
        isTicked: true,
        name: item.name,
        asVersionOf:
          item.kind === 'version' ? (item.targets.find(({ isLike }) => isLike)?.model ?? null) : null,
        policy: 'latest1',
      },
    ]),
  );

/** What the button says that adds them. */
export function addWords(models: number, versions: number, t: Translator['t']): string {
  if (versions === 0) return t('adding.addModels', { models });
  return models === 0 ? t('adding.addVersions', { versions }) : t('adding.addBoth', { models, versions });
}

/** What is wrong with the name of a ticked item, by its message; null when it will do. */
export function nameProblem(
  id: string,
  drafts: AddDrafts,
  isTaken: (name: string) => boolean,
): Extract<MessageId, `adding.name${string}`> | null {
  const draft = drafts.get(id);
  if (!draft?.isTicked || draft.asVersionOf !== null) return null;
  const name = draft.name.trim();
  if (name === '') return 'adding.nameEmpty';
  if (!modelNameSchema.safeParse(name).success) return 'adding.nameBad';
  if (isTaken(name)) return 'adding.nameTaken';
  const twins = [...drafts].filter(
    ([other, each]) =>
      other !== id && each.isTicked && each.asVersionOf === null && each.name.trim() === name,
  );
  return twins.length > 0 ? 'adding.nameTwice' : null;
}

const policies: Readonly<Record<StartPolicy, VersionPolicy>> = {
  latest1: { kind: 'latest', count: 1 },
  latest2: { kind: 'latest', count: 2 },
  all: { kind: 'all' },
};

const loadedAtFirst: Readonly<Record<StartPolicy, number>> = { latest1: 1, latest2: 2, all: Infinity };

/** What to ask of the engine for the ticked items. */
export const wishesOf = (drafts: AddDrafts): AddWish[] =>
  [...drafts].flatMap(([id, { isTicked, name, asVersionOf, policy }]): AddWish[] => {
    if (!isTicked) return [];
    return asVersionOf === null
      ? [{ choice: { id, as: 'model', name: name.trim() }, policy: policies[policy] }]
      : [{ choice: { id, as: 'nextVersion', model: asVersionOf }, policy: policies.latest1 }];
  });

/** What loading the ticked items is expected to take, by what each keeps loaded; one that joins a model counts as one version. */
export function memoryOf(items: readonly AddableItem[], drafts: AddDrafts): number {
  let bytes = 0;
  for (const item of items) {
    const draft = drafts.get(item.id);
    if (!draft?.isTicked) continue;
    if (item.kind === 'version') bytes += item.memoryBytes;
    else for (const each of item.memoryBytes.slice(0, loadedAtFirst[draft.policy])) bytes += each;
  }
  return bytes;
}
