import type { JsonScanner } from './json-scanner';
import { badRequest } from './request-errors';
import type { TensorBuilder } from './tensor-builder';

/** More dimensions than TensorFlow allows are no tensor. Source: tensorflow/core/framework/tensor_shape.h. */
const maxRank = 254;

/**
 * Reads one nested list, or one bare value, into a builder and gives its shape. Lists of unequal length are refused.
 * Keeps no stack beyond a count for each level, so depth is bounded by `maxRank` and nothing else.
 */
export class DenseJsonReader {
  #counts: number[] = [];

  /** Which element of the outermost list was being read, for a message. */
  get index(): number {
    return this.#counts[0] ?? 0;
  }

  read(scanner: JsonScanner, builder: TensorBuilder): number[] {
    const shape: number[] = [];
    const counts: number[] = [];
    this.#counts = counts;
    let leafLevel = -1;
    let level = 0;
    for (;;) {
      let read = 1;
      if (scanner.tryOpenArray()) {
        if (leafLevel >= 0 && level >= leafLevel)
          throw badRequest(`Encountered list at unexpected level: ${level} expected < ${leafLevel}`);
        if (level >= maxRank) throw badRequest(`Lists are nested deeper than ${maxRank} levels.`);
        counts[level++] = 0;
        if (!scanner.tryCloseArray()) continue;
        if (leafLevel < 0) leafLevel = level;
        closeList(shape, counts, --level);
      } else {
        if (leafLevel < 0) leafLevel = level;
        else if (level !== leafLevel)
          throw badRequest(
            `JSON Value: ${scanner.show()} found at incorrect level: ${level + 1} in the JSON DOM. Expected at level: ${leafLevel}`,
          );
        read = builder.read(scanner);
      }
      for (;;) {
        if (level === 0) return shape;
        counts[level - 1] = (counts[level - 1] ?? 0) + read;
        read = 1;
        if (scanner.hasNextInArray()) break;
        closeList(shape, counts, --level);
      }
    }
  }
}

function closeList(shape: number[], counts: readonly number[], level: number): void {
  const size = counts[level] ?? 0;
  const expected = shape[level];
  if (expected === undefined) shape[level] = size;
  else if (expected !== size)
    throw badRequest(
      `Encountered list at unexpected size: ${size} at level: ${level} expected size: ${expected}`,
    );
}
