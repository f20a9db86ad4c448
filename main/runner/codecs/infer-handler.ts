import { AppError } from '../../../app/base/errors';
import type { RunnerDescription } from '../protocol';
import type { CallContext, RunnerHandler, RunnerModule } from '../runner-module';
import type { Tensor } from '../tensor';
import { type InferHost, infer } from './infer';

type Predicting = RunnerModule & Pick<Required<RunnerModule>, 'predict'>;
type Signature = Pick<RunnerDescription, 'inputs' | 'outputs'>;

/** Lets network clients ask whatever predicts: undefined for a module that does not. */
export function createInferHandler(module: RunnerModule): RunnerHandler<'infer'> | undefined {
  const { describe: descriptionOf, predict } = module;
  if (!descriptionOf || !predict) return undefined;
  const predicting: Predicting = { ...module, predict };
  let signature: Signature | undefined;
  return async (input, context) => {
    signature ??= await descriptionOf(null, context); // once loaded it stays what it is
    return infer(input, new CallHost(predicting, signature, context));
  };
}

/** The module as one call sees it. */
class CallHost implements InferHost {
  readonly #module: Predicting;
  readonly #context: CallContext;
  readonly inputs: Signature['inputs'];
  readonly outputs: Signature['outputs'];

  constructor(module: Predicting, { inputs, outputs }: Signature, context: CallContext) {
    this.#module = module;
    this.#context = context;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  predict(inputs: Readonly<Record<string, Tensor>>, outputs: readonly string[]) {
    return this.#module.predict({ inputs, outputs }, this.#context);
  }

  async classify(picture: Uint8Array, top: number) {
    const { classify } = this.#module;
    if (!classify) throw new AppError('MODEL_NOT_A_CLASSIFIER');
    return classify({ picture, top }, this.#context);
  }

  async rank(outputs: Readonly<Record<string, Tensor>>, rowCount: number, top?: number) {
    const { rank } = this.#module;
    if (!rank) throw new AppError('MODEL_NOT_A_CLASSIFIER');
    return rank({ outputs, rowCount, ...(top === undefined ? {} : { top }) }, this.#context);
  }

  get lookup(): InferHost['lookup'] {
    const { lookup } = this.#module;
    return lookup && ((keys) => lookup({ keys }, this.#context));
  }

  get nearest(): InferHost['nearest'] {
    const { nearest } = this.#module;
    return nearest && ((request) => nearest(request, this.#context));
  }
}
