import { basename, join } from 'node:path';
import { companionFolders } from './model-folder';
import { readSmallFile } from './small-file';
import { messagesOf, parseTextFormat, textOfField } from './text-format';

/** What Triton's `config.pbtxt` says that a classifier can use. Source: Triton's model_config.proto. */
export interface TritonConfig {
  /** The folder in which the file stands: the model's, around its numbered versions. */
  readonly folder: string;
  readonly modelFile: string | null;
  readonly inputs: readonly {
    readonly name: string;
    /** `FORMAT_NCHW`, `FORMAT_NHWC` or `FORMAT_NONE`. */
    readonly format: string;
    /** Without the batch when the model has a `max_batch_size`. */
    readonly dims: readonly number[];
  }[];
  /** Label files by output name. */
  readonly labelFiles: ReadonlyMap<string, string>;
}

export const tritonFile = 'config.pbtxt';

/** Reads the `config.pbtxt` of a version's folder or of its model's. Undefined when there is none, or it is malformed. */
export function readTritonConfig(versionFolder: string): TritonConfig | undefined {
  for (const folder of companionFolders(versionFolder)) {
    const text = readSmallFile(join(folder, tritonFile));
    const config = text === undefined ? undefined : parseTextFormat(text);
    if (!config) continue;
    const labelFiles = new Map<string, string>();
    for (const output of messagesOf(config, 'output')) {
      const file = textOfField(output, 'label_filename');
      if (file !== undefined && file === basename(file))
        labelFiles.set(textOfField(output, 'name') ?? '', file);
    }
    const modelFile = textOfField(config, 'default_model_filename');
    return {
      folder,
      modelFile: modelFile !== undefined && modelFile === basename(modelFile) ? modelFile : null,
      inputs: messagesOf(config, 'input').map((input) => ({
        name: textOfField(input, 'name') ?? '',
        format: textOfField(input, 'format') ?? 'FORMAT_NONE',
        dims: (input['dims'] ?? []).filter((dimension) => typeof dimension === 'number'),
      })),
      labelFiles,
    };
  }
  return undefined;
}
