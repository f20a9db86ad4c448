import { AppError } from '../../../app/base/errors';
import type { RunnerDescription } from '../protocol';
import type { CallContext, RunnerHandler, RunnerModule } from '../runner-module';
import { type InferHost, infer } from './infer';

/** Lets network clients ask whatever predicts: undefined for a module that does not. */
export function createInferHandler(module: RunnerModule): RunnerHandler<'infer'> | undefined {
  const { describe: descriptionOf, predict } = module;
  if (!descriptionOf || !predict) return undefined;
  return async (input, context) => {
    const description = await descriptionOf(null, context);
    return infer(input, hostOf({ ...module, predict }, description, context));
  };
}

function hostOf(
  module: RunnerModule & Pick<Required<RunnerModule>, 'predict'>,
  { inputs, outputs }: RunnerDescription,
  context: CallContext,
): InferHost {
  return {
    inputs,
    outputs,
    predict: (tensors, names) => module.predict({ inputs: tensors, outputs: names }, context),
    classify: async (picture, top) => {
      if (!module.classify) throw new AppError('MODEL_NOT_A_CLASSIFIER');
      return module.classify({ picture, top }, context);
    },
    rank: async (tensors, rowCount, top) => {
      if (!module.rank) throw new AppError('MODEL_NOT_A_CLASSIFIER');
      return module.rank({ outputs: tensors, rowCount, ...(top === undefined ? {} : { top }) }, context);
    },
  };
}
