import type { Description, TensorInfo } from '../../app/contract/inference';
import type { RouteProblem } from '../../app/contract/routes';

/** What a version answers, as far as others must answer the same to stand in for it. */
export interface Task {
  readonly isClassifier: boolean;
  readonly classCount: number | null;
  /** Of the names of its classes; absent when they have none. */
  readonly labelsDigest: string | undefined;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

export const taskOf = ({
  preprocessing,
  classCount,
  labelsDigest,
  inputs,
  outputs,
}: Pick<Description, 'preprocessing' | 'classCount' | 'labelsDigest' | 'inputs' | 'outputs'>): Task => ({
  isClassifier: preprocessing !== null,
  classCount,
  labelsDigest,
  inputs,
  outputs,
});

type Difference = Pick<RouteProblem, 'code' | 'severity' | 'params'>;

const differs = (code: 'taskDiffers' | 'classesDiffer', reason: string): Difference => ({
  code,
  severity: 'error',
  params: { reason },
});

/**
 * Why two versions cannot answer under one name; null when they can. Classifiers must have the same classes, in the same order where
 * these have names; everything else the same outputs. Classifiers whose tensors differ can still share pictures: a warning.
 */
export function compareTasks(one: Task, other: Task): Difference | null {
  if (one.isClassifier !== other.isClassifier)
    return differs('taskDiffers', 'only one of them classifies pictures');
  if (one.isClassifier) {
    if (one.classCount !== other.classCount)
      return differs('classesDiffer', `${one.classCount ?? '?'} and ${other.classCount ?? '?'} classes`);
    if (one.labelsDigest && other.labelsDigest && one.labelsDigest !== other.labelsDigest)
      return differs('classesDiffer', 'the names of the classes, or their order');
  } else {
    const outputs = tensorsDiffer(one.outputs, other.outputs);
    if (outputs) return differs('taskDiffers', outputs);
    const inputs = tensorsDiffer(one.inputs, other.inputs);
    if (inputs) return differs('taskDiffers', inputs);
  }
  if (tensorsDiffer(one.inputs, other.inputs) === null) return null;
  return { code: 'inputsDiffer', severity: 'warning', params: {} };
}

/** Names, types and shapes; where one lets a dimension open, any size fits. */
function tensorsDiffer(ones: readonly TensorInfo[], others: readonly TensorInfo[]): string | null {
  if (ones.length !== others.length) return `${ones.length} and ${others.length} tensors`;
  for (const one of ones) {
    const other = others.find(({ name }) => name === one.name);
    if (!other) return `only one has a tensor ${one.name}`;
    if (one.dtype !== other.dtype) return `${one.name} is ${one.dtype} and ${other.dtype}`;
    const fits =
      one.shape.length === other.shape.length &&
      one.shape.every((size, at) => {
        const otherSize = other.shape[at];
        return typeof size !== 'number' || typeof otherSize !== 'number' || size === otherSize;
      });
    if (!fits) return `the shape of ${one.name} is [${one.shape}] and [${other.shape}]`;
  }
  return null;
}
