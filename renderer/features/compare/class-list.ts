import type { Classification, ClassProbability } from '../../../app/contract/inference';

/** The classes of one version, in the order of the class index. */
export interface ClassList {
  readonly labels: readonly string[];
  readonly indexByLabel: ReadonlyMap<string, number>;
}

/** Needs a classification that holds every class, not only the top few. */
export function classListOf({ classes, classCount }: Classification): ClassList {
  const labels = new Array<string>(classCount).fill('');
  for (const { index, label } of classes) labels[index] = label;
  return { labels, indexByLabel: new Map(labels.map((label, index) => [label, index])) };
}

/** The same labels, in whatever order? Then two versions can be compared. */
export function isSameClassList(one: ClassList, other: ClassList): boolean {
  return one.labels.length === other.labels.length && countShared(one, other) === one.labels.length;
}

/** How many of `one`'s labels `other` knows. */
export function countShared(one: ClassList, other: ClassList): number {
  return one.labels.filter((label) => other.indexByLabel.has(label)).length;
}

/** Where `other` keeps a class of another version: at the same index if it has the same label there (labels may repeat), else by label. */
export function findClass(
  list: ClassList,
  { index, label }: Pick<ClassProbability, 'index' | 'label'>,
): number | undefined {
  return list.labels[index] === label ? index : list.indexByLabel.get(label);
}
