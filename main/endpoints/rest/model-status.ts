import { AppError } from '../../../app/base/errors';
import type { VersionChoice } from '../../engine-api';
import { labelUnknown } from '../../serving/servable-errors';
import type { InferencePort, PortModel, PortVersion } from '../inference-port';

/** The model and those of its versions that a status request asks for. Throws as TensorFlow Serving does for what is not there. */
export function statusOf(port: InferencePort, name: string, choice: VersionChoice): readonly PortVersion[] {
  if (name === '') throw new AppError('INVALID_ARGUMENT', {}, { detail: 'Missing model name in request.' });
  const model = port.model(name);
  if (!model)
    throw new AppError(
      'MODEL_NOT_FOUND',
      { model: name },
      { detail: `Could not find any versions of model ${name}` },
    );
  if (choice === 'latest') return model.versions;
  const wanted = 'version' in choice ? choice.version : labelled(model, choice.label);
  const version = model.versions.find((known) => known.version === wanted);
  if (!version)
    throw new AppError(
      'MODEL_NOT_FOUND',
      { model: name },
      { detail: `Could not find version ${wanted} of model ${name}` },
    );
  return [version];
}

function labelled(model: PortModel, label: string): number {
  const found = model.labels.find((known) => known.label === label);
  if (!found) throw labelUnknown(model.name, label);
  return found.version;
}

/** Source: apis/get_model_status.proto, in the JSON of protocol buffers: 64-bit numbers are strings. */
export const statusJson = (versions: readonly PortVersion[]) => ({
  model_version_status: versions.map(({ version, state, error }) => ({
    version: String(version),
    state,
    status: { error_code: error?.status ?? 'OK', error_message: error?.message ?? '' },
  })),
});
