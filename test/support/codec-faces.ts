import { AppError } from '../../app/base/errors';
import type { StatusCode } from '../../app/base/status';
import type { TensorInfo } from '../../app/contract/inference';
import type { ModelFace } from '../../main/runner/codecs/codec';

/** A model with the given inputs, as a codec sees it. */
export const faceOf = (inputs: readonly TensorInfo[], outputs: readonly TensorInfo[] = []): ModelFace => ({
  model: 'm',
  version: 7,
  signatureName: 'serving_default',
  inputs,
  outputs,
});

/** A model with one input of any shape. */
export const oneInput = (dtype: string, name = 'x'): ModelFace => faceOf([{ name, dtype, shape: [''] }]);

export const bodyOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What `act` throws, as the status that a client would get; `OK` when it throws nothing. Anything but an `AppError` fails the test. */
export function statusOf(act: () => unknown): StatusCode {
  try {
    act();
    return 'OK';
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown.status;
    throw thrown;
  }
}

/** The message of what `act` throws. */
export function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown.message;
    throw thrown;
  }
  throw new Error('Nothing was thrown');
}
