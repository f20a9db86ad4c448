import { mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ServedModel {
  readonly name: string;
  readonly basePath: string;
  readonly versions: readonly number[];
}

/** TensorFlow Serving's text for these models. */
export const configText = (models: readonly ServedModel[]): string =>
  `model_config_list { ${models
    .map(
      ({ name, basePath, versions }) =>
        `config { name: "${name}" base_path: "${basePath}" model_platform: "tensorflow" model_version_policy { specific { ${versions.map((it) => `versions: ${it}`).join(' ')} } } }`,
    )
    .join('\n')} }`;

/** Writes them to a file of their own, or in the place of one. Resolves to its path. */
export async function writeConfig(models: readonly ServedModel[], path?: string): Promise<string> {
  const file = path ?? join(await mkdtemp(join(tmpdir(), 'slipway-bench-')), 'models.config');
  await writeFile(`${file}.new`, configText(models));
  await rename(`${file}.new`, file);
  return file;
}
