import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type PictureChange, preprocessingSchema } from '../../../../app/contract/inference';
import { executionProviderSchema } from '../../../../app/contract/running';
import { isLfsPointer } from '../../../runner/lfs-pointer';

/** The file in a version's folder in which a person's choices about it are kept. It wins over everything inferred. */
export const sidecarName = 'slipway.json';

/** What `slipway.json` may hold. Settings that it omits stay inferred. */
export const sidecarSchema = z.strictObject({
  $schema: z.string().optional(),
  /** How a picture becomes a tensor and a tensor becomes classes; any part of it. */
  preprocessing: preprocessingSchema.partial().optional(),
  /** Class names by index. */
  labels: z.array(z.string()).min(1).optional(),
  /** What runs the version, where its model's settings do not say. */
  executionProvider: executionProviderSchema.optional(),
});
export type Sidecar = z.infer<typeof sidecarSchema>;

/** The JSON Schema of `slipway.json`, for editors: `app/resources/slipway.schema.json` holds it. */
export const sidecarJsonSchema = (): object => ({ title: 'slipway.json', ...z.toJSONSchema(sidecarSchema) });

export type SidecarRead =
  | { readonly kind: 'absent' }
  | { readonly kind: 'read'; readonly sidecar: Sidecar }
  | { readonly kind: 'invalid'; readonly detail: string };

const maxSidecarBytes = 16 * 1024 * 1024;

export function readSidecar(folder: string): SidecarRead {
  const path = join(folder, sidecarName);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return { kind: 'absent' };
  if (!stats.isFile() || stats.size > maxSidecarBytes) return { kind: 'invalid', detail: 'not a small file' };
  const text = readFileSync(path, 'utf8');
  if (isLfsPointer(text)) return { kind: 'invalid', detail: 'only a Git LFS pointer' };
  try {
    const parsed = sidecarSchema.safeParse(JSON.parse(text));
    return parsed.success
      ? { kind: 'read', sidecar: parsed.data }
      : { kind: 'invalid', detail: z.prettifyError(parsed.error).split('\n').slice(0, 2).join(' ') };
  } catch {
    return { kind: 'invalid', detail: 'not JSON' };
  }
}

/**
 * Keeps what `change` names in the folder, beside what else the file says; null takes it out, and the file with it when nothing is left.
 * A file that is not valid is set aside as `slipway.invalid.json`. False when the folder cannot be written to; nothing is changed then.
 */
export function keepInSidecar(folder: string, { preprocessing, labels }: PictureChange): boolean {
  const read = readSidecar(folder);
  const {
    preprocessing: oldPreprocessing,
    labels: oldLabels,
    ...others
  } = read.kind === 'read' ? read.sidecar : {};
  const keptPreprocessing = preprocessing === undefined ? oldPreprocessing : preprocessing;
  const keptLabels = labels === undefined ? oldLabels : labels;
  const next: Sidecar = {
    ...others,
    ...(keptPreprocessing ? { preprocessing: keptPreprocessing } : {}),
    ...(keptLabels ? { labels: [...keptLabels] } : {}),
  };
  const path = join(folder, sidecarName);
  const isNothingLeft = Object.keys(next).every((key) => key === '$schema');
  const scratch = `${path}.${process.pid}.tmp`;
  try {
    if (read.kind === 'invalid' && statSync(path).isFile())
      renameSync(path, join(folder, 'slipway.invalid.json'));
    if (isNothingLeft) rmSync(path, { force: true });
    else {
      writeFileSync(scratch, `${JSON.stringify(next, null, 2)}\n`, { flush: true });
      renameSync(scratch, path);
    }
    return true;
  } catch {
    rmSync(scratch, { force: true });
    return false;
  }
}
