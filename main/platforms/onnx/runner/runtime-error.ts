import { AppError } from '../../../../app/base/errors';
import type { OnnxFile } from './onnx-file';

/** Models of this opset and below were never promised to run. Source: onnxruntime's compatibility table. */
export const oldestOpset = 7;

/** Of onnx's own operators; undefined where it has none. */
export const opsetOf = ({ opsets }: OnnxFile): number | undefined =>
  opsets.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version;

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** What onnxruntime said when it refused a model, as one of ours. It reports by text only; `clean` takes this machine's paths out. */
export function loadError(thrown: unknown, file: OnnxFile, clean: (message: string) => string): AppError {
  const detail = clean(messageOf(thrown));
  const opset = opsetOf(file);
  const missing = /Could not find an implementation for (\w+)|No Op registered for (\w+)/.exec(detail);
  if (detail.includes('*guarantees* support')) {
    return new AppError('MODEL_OPSET_UNSUPPORTED', {}, { detail, cause: thrown });
  }
  if (opset !== undefined && opset < oldestOpset) {
    return new AppError('MODEL_OPSET_TOO_OLD', { opset: String(opset) }, { detail, cause: thrown });
  }
  if (missing) {
    const operator = missing[1] ?? missing[2] ?? '';
    return new AppError('MODEL_OPERATOR_UNSUPPORTED', { operator }, { detail, cause: thrown });
  }
  return new AppError('MODEL_REFUSED_BY_RUNTIME', {}, { detail, cause: thrown });
}

/** What onnxruntime said when a run failed, as one of ours. */
export function runError(thrown: unknown, clean: (message: string) => string): AppError {
  if (thrown instanceof AppError) return thrown;
  const detail = clean(messageOf(thrown));
  const isMismatch =
    /invalid dimensions for input|Unexpected input data type|is missing in 'feeds'|Invalid rank for input/i.test(
      detail,
    );
  return new AppError(isMismatch ? 'TENSOR_MISMATCH' : 'MODEL_RUN_FAILED', {}, { detail, cause: thrown });
}
