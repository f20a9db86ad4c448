import { basename, dirname, extname, join } from 'node:path';
import type { FileSystem } from './file-system';

/** A file that belongs to a lone model file, and what it is to be called beside it. */
export interface CompanionFile {
  readonly path: string;
  readonly name: string;
  readonly sizeBytes: number;
}

/** Class names, under the names that the usual tools give them. */
const labelFiles =
  /^(labels?|classes|class_names|names|index_to_name|synset|synset_words|labelmap|label_map|imagenet_classes|imagenet-simple-labels|imagenet_class_index)\.(txt|json|csv)$/i;
/** Says how pictures go in; meant for one model, so taken only where there is one. */
const settingFiles = /^(slipway|config|preprocessor_config)\.json$/i;

/** TensorFlow.js weights and what its tools write beside them; keys of a NumPy table; nothing beside another table. */
function belongsToOther(own: string): RegExp | undefined {
  if (own === 'model.json')
    return /^([^/]+\.bin|metadata\.json|slipway\.json|(labels|classes|class_names)\.(txt|json))$/i;
  if (/\.npy$/i.test(own)) return /(^|[._-])(vocab(ulary)?|keys|words|tokens)\.(txt|json)$/i;
  return /\.onnx$/i.test(own) ? undefined : /^slipway\.json$/i;
}

/**
 * The model file itself as `model.onnx`, and what lies beside it that is its own: weights in further files (`x.onnx.data`, `x.data`),
 * class names, settings. Weights keep their names, since the model asks for them by name. Links are followed only inside the folder.
 */
export async function withCompanions(fileSystem: FileSystem, modelFile: string): Promise<CompanionFile[]> {
  const folder = dirname(modelFile);
  const own = basename(modelFile);
  const extension = extname(own);
  const stem = own.slice(0, own.length - extension.length).toLowerCase();
  const entries = await fileSystem.list(folder);
  const isOnly = entries.filter(({ name }) => extname(name).toLowerCase() === '.onnx').length === 1;
  const belongs = belongsToOther(own);
  const target = (name: string): string | null => {
    if (belongs) return name === own || belongs.test(name) ? name : null;
    const lower = name.toLowerCase();
    if (name === own) return extension.toLowerCase() === '.onnx' ? 'model.onnx' : own;
    if (lower.startsWith(`${own.toLowerCase()}.`) || lower.startsWith(`${own.toLowerCase()}_`)) return name;
    if (lower.startsWith(stem) && /^[._-]?.*\.(data|bin|weights?)$/.test(lower.slice(stem.length)))
      return name;
    const ownLabels = /^[._-](labels?|classes)\.(txt|json|csv)$/.exec(lower.slice(stem.length));
    if (lower.startsWith(stem) && ownLabels) return `labels.${ownLabels[2]}`;
    return labelFiles.test(name) || (isOnly && settingFiles.test(name)) ? name : null;
  };
  const found = new Map<string, CompanionFile>();
  for (const { name, kind } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const as = kind === 'file' || name === own ? target(name) : null;
    if (as === null || (found.has(as) && as === name)) continue; // what bears the model's own name wins over what is shared
    const path = join(folder, name);
    const facts = await fileSystem.facts(path);
    if (facts.kind === 'file') found.set(as, { path, name: as, sizeBytes: facts.sizeBytes });
  }
  return [...found.values()];
}
