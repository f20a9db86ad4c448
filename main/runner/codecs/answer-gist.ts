import { AppError } from '../../../app/base/errors';
import type { ClassProbability } from '../../../app/contract/inference';
import type { AnswerGist } from '../../../app/contract/routes';
import type { Tensor } from '../tensor';
import { numbersOfTensor } from '../tensor-numbers';
import type { Answer } from './codec';

/** Of so many examples or numbers at most: what is beyond says nothing more about whether two versions agree. */
const most = 32;

/** Says which classes the rows of a model's output stand for, the most probable first. Throws `AppError` for what has none. */
export interface Ranker {
  rank(
    outputs: Readonly<Record<string, Tensor>>,
    rowCount: number,
    top?: number,
  ): Promise<readonly (readonly ClassProbability[])[]>;
}

type Class = Extract<AnswerGist, { kind: 'classes' }>['rows'][number];

/** What an answer says, in a few words: the first class of each example, or some of the numbers. */
export async function gistOf(answer: Answer, exampleCount: number, host: Ranker): Promise<AnswerGist> {
  switch (answer.kind) {
    case 'classify':
      return classes(
        answer.classes.map((row) => classOf(row.map(({ label, score }) => [label, score] as const))),
      );
    case 'pictures':
      return classes(
        answer.results.map((result) =>
          'error' in result
            ? undefined
            : classOf(result.classes.map(({ label, probability }) => [label, probability] as const)),
        ),
      );
    case 'regress':
      return numbers([answer.values]);
    case 'lookup':
      return gistOfTensors({ values: answer.values });
    case 'nearest':
      return classes(
        answer.neighbours.map(({ key, similarity }) => ({ label: key, confidence: similarity })),
      );
    case 'predict':
      return (
        (exampleCount <= most ? await classesOf(answer.outputs, exampleCount, host) : null) ??
        gistOfTensors(answer.outputs)
      );
  }
}

/** Numbers from all outputs, in the order of their names. */
export const gistOfTensors = (outputs: Readonly<Record<string, Tensor>>): AnswerGist =>
  numbers(
    Object.keys(outputs)
      .sort()
      .flatMap((name) => {
        const tensor = outputs[name];
        const numbers = tensor && numbersOfTensor(tensor);
        return numbers ? [numbers] : [];
      }),
  );

/** Null for a model whose numbers stand for no classes. */
async function classesOf(
  outputs: Readonly<Record<string, Tensor>>,
  rowCount: number,
  host: Ranker,
): Promise<AnswerGist | null> {
  try {
    const rows = await host.rank(outputs, rowCount, 1);
    return classes(
      rows.map((row) => classOf(row.map(({ label, probability }) => [label, probability] as const))),
    );
  } catch (thrown) {
    if (thrown instanceof AppError) return null; // it is no classifier, which is nothing to tell anybody
    throw thrown;
  }
}

const classOf = ([first]: readonly (readonly [string, number])[]): Class | undefined =>
  first && { label: first[0], confidence: first[1] };

const classes = (rows: readonly (Class | undefined)[]): AnswerGist => ({
  kind: 'classes',
  rows: rows.slice(0, most).map((row) => row ?? { label: '', confidence: 0 }),
});

function numbers(parts: readonly ArrayLike<number | bigint>[]): AnswerGist {
  const count = parts.reduce((sum, { length }) => sum + length, 0);
  const step = Math.max(1, Math.ceil(count / most));
  const values: (number | null)[] = [];
  let offset = 0;
  for (const part of parts) {
    for (let at = (step - (offset % step)) % step; at < part.length; at += step) {
      const value = Number(part[at]);
      values.push(Number.isFinite(value) ? value : null);
    }
    offset += part.length;
  }
  return { kind: 'numbers', values };
}
