import { AppError } from '../../app/base/errors';
import type { Engine } from '../engine-api';
import { UsageError } from './usage-error';

/** The newest version that can be loaded. Throws what is wrong with the model's folder, and `UsageError` when there are no versions in it. */
export function latestOf(engine: Engine, model: string): number {
  const found = engine.models.get(model);
  const latest = found?.versions.find((it) => it.error === null) ?? found?.versions[0];
  if (latest) return latest.version;
  if (found?.problem) throw AppError.fromWire(found.problem);
  throw new UsageError(`${model} holds no version folders. A model is laid out as ${model}/1/model.onnx.`);
}
