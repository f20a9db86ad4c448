import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { AppError } from '../../app/base/errors';
import { scanModel } from '../../main/platforms/onnx/runner/scan';
import { RunnerClient } from '../../main/runner/runner-client';
import { createNodeSpawn } from '../../main/runner/spawn-node';
import type { Tensor } from '../../main/runner/tensor';
import { builtRunner } from '../support/built-runner';
import { readTensorFile, sameTensor } from '../support/onnx-tensor-file';

// Runs onnx's own test models through a runner and through onnxruntime alone, and counts where the two differ.

/** Where Debian's package libonnx-testdata puts them. */
const root = '/usr/share/libonnx-testdata/data';

type Answer =
  | { readonly kind: 'outputs'; readonly outputs: Readonly<Record<string, Tensor>> }
  | { readonly kind: 'refused'; readonly why: string };

interface Case {
  readonly inputs: readonly Tensor[];
  readonly expected: readonly (Tensor | undefined)[];
  readonly hasAllInputs: boolean;
}

function findModels(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('model.onnx'))
    .map((path) => join(root, path))
    .sort();
}

/** The first set of inputs and outputs beside a model, up to an input that is no tensor that JavaScript can hold. */
function readCase(model: string): Case {
  const folder = join(dirname(model), 'test_data_set_0');
  if (!existsSync(folder)) return { inputs: [], expected: [], hasAllInputs: false };
  const read = (kind: 'input' | 'output'): (Tensor | undefined)[] =>
    readdirSync(folder)
      .filter((name) => name.startsWith(`${kind}_`))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .map((name) => readTensorFile(readFileSync(join(folder, name)))?.tensor);
  const inputs = read('input');
  const missing = inputs.indexOf(undefined);
  const held = inputs.slice(0, missing < 0 ? undefined : missing).filter((input) => input !== undefined);
  return { inputs: held, expected: read('output'), hasAllInputs: missing < 0 };
}

async function askRaw(model: string, { inputs }: Case): Promise<Answer> {
  try {
    const session = await InferenceSession.create(model, { logSeverityLevel: 4 });
    const feeds: Record<string, OrtTensor> = {};
    for (const [index, name] of session.inputNames.entries()) {
      const tensor = inputs[index];
      if (tensor)
        feeds[name] = new OrtTensor(tensor.dtype as 'float32', tensor.data as Float32Array, [
          ...tensor.shape,
        ]);
    }
    const results = await session.run(feeds);
    const outputs: Record<string, Tensor> = {};
    for (const name of session.outputNames) {
      const result = results[name];
      if (result)
        outputs[name] = { dtype: result.type, shape: [...result.dims], data: result.data as Tensor['data'] };
    }
    await session.release();
    return { kind: 'outputs', outputs };
  } catch (thrown) {
    return { kind: 'refused', why: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** A runner that is replaced when it dies. */
class Runner {
  readonly #entry: string;
  #client: RunnerClient | undefined;

  constructor(entry: string) {
    this.#entry = entry;
  }

  async ask(model: string, { inputs }: Case): Promise<Answer> {
    const client = await this.#ready();
    try {
      await client.request('load', { folder: dirname(model), options: {} });
      try {
        const { inputs: wanted } = await client.request('describe', null);
        const feeds: Record<string, Tensor> = {};
        for (const [index, { name }] of wanted.entries()) {
          const tensor = inputs[index];
          if (tensor) feeds[name] = tensor;
        }
        const { outputs } = await client.request('predict', { inputs: feeds, outputs: [] });
        return { kind: 'outputs', outputs };
      } finally {
        await client.request('unload', null);
      }
    } catch (thrown) {
      const { code, message } = AppError.from(thrown);
      if (code.startsWith('RUNNER')) this.#client = undefined;
      return { kind: 'refused', why: `${code}: ${message.split('\n')[0]}` };
    }
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }

  async #ready(): Promise<RunnerClient> {
    if (!this.#client) {
      this.#client = new RunnerClient(createNodeSpawn(this.#entry)({ name: 'conformance' }));
      await this.#client.start('onnx');
    }
    return this.#client;
  }
}

/** Operators whose result nobody can foresee: their seed differs from process to process. */
const randomOperators = /^(Bernoulli|Multinomial|Random(Normal|Uniform)(Like)?)$/;

const isRandom = (model: string): boolean =>
  scanModel(model).file.graph?.nodes.some(({ opType }) => randomOperators.test(opType)) ?? false;

const sameAnswers = (
  ours: Readonly<Record<string, Tensor>>,
  raw: Readonly<Record<string, Tensor>>,
): boolean =>
  Object.keys(ours).length === Object.keys(raw).length &&
  Object.entries(raw).every(([name, tensor]) => {
    const own = ours[name];
    return own !== undefined && sameTensor(own, tensor, 1e-6);
  });

function isAsExpected(outputs: Readonly<Record<string, Tensor>>, { expected }: Case): boolean {
  const values = Object.values(outputs);
  return expected.every((tensor, index) => {
    const value = values[index];
    return tensor === undefined || (value !== undefined && sameTensor(value, tensor, 1e-3));
  });
}

export async function main(): Promise<number> {
  if (!existsSync(root)) {
    console.log(
      'Skipped: the Debian package libonnx-testdata is not installed (apt-get install libonnx-testdata).',
    );
    return 0;
  }
  const runner = new Runner(await builtRunner());
  const models = findModels();
  const counts = { same: 0, expected: 0, refusedByBoth: 0, notTensors: 0 };
  const reasons = new Map<string, number>();
  const wrong: string[] = [];
  for (const model of models) {
    const name = dirname(model).slice(root.length + 1);
    const question = readCase(model);
    if (!question.hasAllInputs) counts.notTensors++;
    const raw = await askRaw(model, question);
    const ours = await runner.ask(model, question);
    if (raw.kind === 'outputs' && ours.kind === 'outputs') {
      if (sameAnswers(ours.outputs, raw.outputs) || isRandom(model)) counts.same++;
      else wrong.push(`${name}: another result than onnxruntime alone`);
      if (isAsExpected(raw.outputs, question)) counts.expected++;
    } else if (raw.kind === 'outputs' && ours.kind === 'refused') {
      wrong.push(`${name}: refused, though onnxruntime alone runs it: ${ours.why}`);
    } else if (ours.kind === 'refused') {
      const code = ours.why.split(':')[0] ?? '';
      reasons.set(code, (reasons.get(code) ?? 0) + 1);
      if (code === 'INTERNAL' || code.startsWith('RUNNER') || ours.why.includes(root))
        wrong.push(`${name}: ${ours.why}`);
      else counts.refusedByBoth++;
    } else counts.same++;
  }
  await runner.close();
  console.log(`${models.length} models`);
  console.log(
    `${counts.same} give what onnxruntime alone gives (${counts.expected} of them what onnx expects)`,
  );
  console.log(
    `${counts.refusedByBoth} are refused by both: ${[...reasons].map(([code, count]) => `${code} ${count}`).join(', ')}`,
  );
  console.log(
    `${counts.notTensors} of these have inputs that are no tensors, or of a type that JavaScript lacks`,
  );
  for (const line of wrong) console.log(`WRONG ${line}`);
  return wrong.length === 0 ? 0 : 1;
}
