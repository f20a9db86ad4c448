import { AppError } from '../../../../app/base/errors';
import type { RunnerDescription } from '../../../runner/protocol';
import type { CreateRunnerModule } from '../../../runner/runner-module';
import type { Tensor } from '../../../runner/tensor';
import type { TableFile } from '../table-file';
import { readTable } from './read-table';
import type { LookupTable } from './table';

interface Loaded {
  readonly table: LookupTable;
  readonly file: TableFile;
}

/** Answers from a table of embeddings or values. As tensors: texts `keys` in, `values` and whether each key was `found` out. */
export const createLookupTableRunner: CreateRunnerModule = ({ meter }) => {
  let current: Loaded | undefined;
  const loaded = (): Loaded => {
    if (!current) throw new AppError('FAILED_PRECONDITION', {}, { detail: 'No table is loaded' });
    return current;
  };
  return {
    load: async ({ folder }, { enter }) => {
      current = await readTable(folder, enter);
      return meter.read();
    },
    describe: async () => describe(loaded()),
    classify: async () => {
      throw new AppError('MODEL_IS_TABLE');
    },
    lookup: async ({ keys }) => loaded().table.lookup(keys),
    nearest: async ({ to, count }) => loaded().table.nearest(to, count),
    predict: async ({ inputs, outputs }, { arrivedAt }) => {
      const { table } = loaded();
      const { keys, shape } = keysOf(inputs);
      const startedAt = performance.now();
      const all = table.rowsOf(keys, shape);
      const wanted = outputs.length === 0 ? ['values', 'found'] : outputs;
      const answered = Object.fromEntries(wanted.map((name) => [name, outputOf(all, name)]));
      return {
        outputs: answered,
        timingsMs: { queue: startedAt - arrivedAt, run: performance.now() - startedAt },
      };
    },
    unload: async () => {
      current = undefined;
      return meter.read();
    },
  };
};

function keysOf(inputs: Readonly<Record<string, Tensor>>): {
  readonly keys: readonly string[];
  readonly shape: readonly number[];
} {
  const { keys, ...others } = inputs;
  const [other] = Object.keys(others);
  if (other !== undefined) throw mismatch(`The table has no input "${other}"`);
  if (!keys) throw mismatch('The input "keys" is missing');
  if (keys.dtype !== 'string' || ArrayBuffer.isView(keys.data))
    throw mismatch(`The input "keys" takes texts, not ${keys.dtype}`);
  return { keys: keys.data, shape: keys.shape };
}

function outputOf(all: Readonly<Record<'values' | 'found', Tensor>>, name: string): Tensor {
  if (name === 'values' || name === 'found') return all[name];
  throw mismatch(`The table has no output "${name}"`);
}

const mismatch = (detail: string): AppError => new AppError('TENSOR_MISMATCH', {}, { detail });

function describe({ table, file }: Loaded): RunnerDescription {
  const { rowCount, dimension, dtype } = table;
  return {
    producer: '',
    irVersion: null,
    opsets: [],
    inputs: [{ name: 'keys', dtype: 'string', shape: ['keys'] }],
    outputs: [
      { name: 'values', dtype, shape: ['keys', dimension] },
      { name: 'found', dtype: 'bool', shape: ['keys'] },
    ],
    metadata: {
      file: file.name,
      format: file.format,
      rows: String(rowCount),
      dimension: String(dimension),
      dtype,
    },
    preprocessing: null,
    notClassifier: { certainty: 'certain', reason: 'notTable', params: {} },
    notes: null,
    inferred: null,
    labelCount: 0,
    classCount: null,
    warnings: [],
  };
}
