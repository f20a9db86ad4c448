import { join, posix } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Labels, labelsFrom } from './labels';
import { readSmallFile } from './small-file';

export const mlModelFile = 'MLmodel';

/** The part of MLflow's `MLmodel` that is of use here. Source: mlflow.org, MLmodel format. */
const mlModelSchema = z.looseObject({
  flavors: z.looseObject({ onnx: z.looseObject({ data: z.string().optional() }).optional() }).optional(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});

export interface MlModel {
  /** The model file that it names, relative to its folder. */
  readonly modelFile: string | null;
  readonly labels: Labels | null;
}

/** Reads the `MLmodel` file of a folder that MLflow wrote. Undefined when there is none, or it is malformed. */
export function readMlModel(folder: string): MlModel | undefined {
  const text = readSmallFile(join(folder, mlModelFile));
  if (text === undefined) return undefined;
  const parsed = mlModelSchema.safeParse(parseYaml(text));
  if (!parsed.success) return undefined;
  const data = parsed.data.flavors?.onnx?.data;
  return {
    modelFile: data !== undefined && isInside(data) ? data : null,
    labels: labelsFrom(parsed.data.metadata) ?? null,
  };
}

function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100, logLevel: 'silent' });
  } catch {
    return undefined; // not MLflow's
  }
}

const isInside = (path: string): boolean =>
  !posix.isAbsolute(path) && !path.includes('\\') && !posix.normalize(path).startsWith('..');
