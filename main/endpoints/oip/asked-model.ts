import { AppError } from '../../../app/base/errors';
import type { VersionChoice } from '../../engine-api';
import { labelUnknown } from '../../serving/servable-errors';
import type { InferencePort, PortModel } from '../inference-port';

/** What a request names; `latest` is whichever version is served. */
export interface AskedModel {
  readonly model: string;
  readonly version: VersionChoice;
}

/** Throws MODEL_NOT_FOUND. */
export function foundModel(port: InferencePort, name: string): PortModel {
  const model = port.model(name);
  if (!model) throw notFound(name, `Request for unknown model: '${name}' is not found`);
  return model;
}

/** Throws MODEL_NOT_FOUND, and what `resolve` throws for a version that does not answer. */
export function foundVersion(
  port: InferencePort,
  { model: name, version }: AskedModel,
): { readonly model: PortModel; readonly version: number } {
  const model = foundModel(port, name);
  return { model, version: port.resolve(name, version) };
}

/** Does it answer? Throws MODEL_NOT_FOUND, also for a version that nobody has heard of, and LABEL_UNKNOWN. */
export function isModelReady(port: InferencePort, { model: name, version: choice }: AskedModel): boolean {
  const { versions, labels } = foundModel(port, name);
  if (choice === 'latest') return versions.some(({ isReady }) => isReady);
  if ('label' in choice) {
    const found = labels.find(({ label }) => label === choice.label);
    if (!found) throw labelUnknown(name, choice.label);
    return versions.some(({ version, isReady }) => version === found.version && isReady);
  }
  const known = versions.find(({ version }) => version === choice.version);
  if (!known)
    throw notFound(name, `Request for unknown model: '${name}' version ${choice.version} is not found`);
  return known.isReady;
}

/** Refuses what changes how a model is loaded. Throws UNIMPLEMENTED. */
export function checkControlParameters(parameters: Readonly<Record<string, unknown>>): void {
  const strange = Object.keys(parameters).find((key) => key !== 'unload_dependents');
  if (strange === undefined) return;
  const detail = `the parameter '${strange}' is not supported`;
  throw new AppError('INVALID_ARGUMENT', {}, { detail, status: 'UNIMPLEMENTED' });
}

const notFound = (model: string, detail: string): AppError =>
  new AppError('MODEL_NOT_FOUND', { model }, { detail });
