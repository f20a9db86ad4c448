import { readFileSync, realpathSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { AppError } from '../../../../app/base/errors';
import { isLfsPointer, lfsPointer } from '../../../runner/lfs-pointer';

const modelFile = 'model.json';

const shapeSchema = z.looseObject({ dim: z.array(z.looseObject({ size: z.coerce.number() })).optional() });
const signatureSchema = z.record(z.string(), z.looseObject({ tensorShape: shapeSchema.optional() }));
/** What is read of `model.json` itself; the rest is TensorFlow.js' own matter. */
const modelJsonSchema = z.looseObject({
  format: z.string().optional(),
  generatedBy: z.string().nullish(),
  convertedBy: z.string().nullish(),
  modelTopology: z.looseObject({}),
  signature: z.looseObject({ outputs: signatureSchema.optional() }).nullish(),
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(
        z.looseObject({
          name: z.string(),
          shape: z.array(z.number()),
          dtype: z.string(),
          quantization: z.looseObject({ dtype: z.string() }).optional(),
        }),
      ),
    }),
  ),
});
export type ModelJson = z.infer<typeof modelJsonSchema>;

export interface ModelFiles {
  readonly json: ModelJson;
  readonly kind: 'graph' | 'layers';
  readonly artifacts: io.ModelArtifacts;
  readonly weightBytes: number;
}

/** Throws MODEL_FILE_MISSING, MODEL_FILE_IS_LFS_POINTER, MODEL_NOT_TENSORFLOW_JS, MODEL_WEIGHTS_MISSING, MODEL_EXTERNAL_DATA_LEAVES_FOLDER. */
export async function readModelFiles(folder: string): Promise<ModelFiles> {
  const json = readJson(folder);
  const { modelTopology } = json;
  const isGraph = json.format === 'graph-model' || 'node' in modelTopology || 'library' in modelTopology;
  const weights = readWeights(folder, json);
  const artifacts = await io.getModelArtifactsForJSON(json as unknown as io.ModelJSON, async (manifest) => [
    manifest.flatMap(({ weights }) => weights),
    weights,
  ]);
  return { json, kind: isGraph ? 'graph' : 'layers', artifacts, weightBytes: weights.byteLength };
}

function readJson(folder: string): ModelJson {
  let text: string;
  try {
    text = readFileSync(join(folder, modelFile), 'utf8');
  } catch (thrown) {
    throw new AppError('MODEL_FILE_MISSING', {}, { detail: `${modelFile} cannot be read`, cause: thrown });
  }
  if (isLfsPointer(text)) throw lfsPointer(modelFile);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (thrown) {
    throw notTensorFlowJs(`${modelFile} is not JSON`, thrown);
  }
  const parsed = modelJsonSchema.safeParse(document);
  if (!parsed.success) throw notTensorFlowJs(z.prettifyError(parsed.error).split('\n').slice(0, 2).join(' '));
  return parsed.data;
}

/** All shards, one after the other. */
function readWeights(folder: string, { weightsManifest }: ModelJson): ArrayBuffer {
  const parts: Uint8Array[] = [];
  for (const { paths, weights } of weightsManifest) {
    const shards = paths.map((path) => readShard(folder, path));
    const has = shards.reduce((sum, shard) => sum + shard.length, 0);
    const needs = weights.reduce((sum, weight) => sum + bytesOf(weight), 0);
    const isExact = weights.every(({ dtype }) => dtype !== 'string'); // texts are as long as they are
    if (has < needs || (isExact && has > needs)) {
      const file = paths.at(-1) ?? 'its weights';
      throw new AppError(
        'MODEL_WEIGHTS_MISSING',
        { file },
        { detail: `The weights in ${paths.join(', ')} have ${has} bytes, and the model needs ${needs}` },
      );
    }
    parts.push(...shards);
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}

function readShard(folder: string, path: string): Uint8Array {
  const full = resolve(folder, path);
  let real: string;
  try {
    real = isInside(folder, full) ? realpathSync(full) : full;
    if (isInside(realpathSync(folder), real)) {
      const bytes = readFileSync(real);
      if (isLfsPointer(bytes)) throw lfsPointer(path);
      return bytes;
    }
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw new AppError(
      'MODEL_WEIGHTS_MISSING',
      { file: path },
      { detail: `${path} cannot be read`, cause: thrown },
    );
  }
  throw new AppError(
    'MODEL_EXTERNAL_DATA_LEAVES_FOLDER',
    {},
    { detail: `The weights ${path} lie outside the folder` },
  );
}

const isInside = (folder: string, path: string): boolean => path.startsWith(resolve(folder) + sep);

const sizes: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  complex64: 8,
  float16: 2,
  uint16: 2,
  uint8: 1,
  bool: 1,
};

function bytesOf({
  shape,
  dtype,
  quantization,
}: ModelJson['weightsManifest'][number]['weights'][number]): number {
  return shape.reduce((product, size) => product * size, 1) * (sizes[quantization?.dtype ?? dtype] ?? 0);
}

export const notTensorFlowJs = (detail: string, cause?: unknown): AppError =>
  new AppError('MODEL_NOT_TENSORFLOW_JS', {}, { detail, cause });
