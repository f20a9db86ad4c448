import { join } from 'node:path';
import type { InferenceNote } from '../../../../app/contract/inference';
import { isLfsPointerFile } from '../../../runner/lfs-pointer';
import { type Labels, labelsFrom, parseLabels } from './labels';
import { readMlModel } from './mlmodel';
import { companionFolders, listFiles } from './model-folder';
import { note } from './note';
import { readSmallFile } from './small-file';
import { readTritonConfig } from './triton-config';

export interface FoundLabels {
  /** Null when there are none. */
  readonly labels: Labels | null;
  readonly note: InferenceNote;
  readonly warnings: readonly InferenceNote[];
  /** A file name or a metadata key, for the page. */
  readonly source: string;
}

/** Files that hold nothing but names, likeliest first, in lower case. */
const labelFiles = [
  'labels.txt',
  'label.txt',
  'labels.json',
  'classes.txt',
  'classes.json',
  'class_names.txt',
  'class_names.json',
  'names.txt',
  'names.json',
  'index_to_name.json',
  'synset.txt',
  'synset_words.txt',
  'labelmap.txt',
  'label_map.json',
  'labels.csv',
  'imagenet_classes.txt',
  'imagenet-simple-labels.json',
  'imagenet_class_index.json',
] as const;

/** Metadata keys that hold names: our own and MLflow's, Ultralytics', Deepness', vortex'. */
const metadataKeys = ['labels', 'names', 'class_names', 'class_labels', 'classes', 'id2label'] as const;

/**
 * The names of a version's classes: from its folder, else from the model's metadata, else from what Triton's configuration names for
 * the `output`, else from the model's folder.
 */
export function findLabels(
  folder: string,
  metadata: Readonly<Record<string, string>>,
  output = '',
): FoundLabels {
  const warnings: InferenceNote[] = [];
  const [own = folder, ...shared] = companionFolders(folder);
  const found =
    fromFolder(own, warnings) ??
    fromMlflow(own) ??
    fromMetadata(metadata) ??
    fromTriton(folder, output, warnings);
  if (found) return { ...found, warnings };
  for (const outer of shared) {
    const inherited = fromFolder(outer, warnings);
    if (inherited) return { ...inherited, warnings };
  }
  return { labels: null, note: note('certain', 'labelsNone'), warnings, source: '' };
}

type Found = Omit<FoundLabels, 'warnings'>;

function fromFolder(folder: string, warnings: InferenceNote[]): Found | undefined {
  const byName = new Map(listFiles(folder).map((name) => [name.toLowerCase(), name]));
  for (const usual of labelFiles) {
    const file = byName.get(usual);
    const found = file === undefined ? undefined : fromFile(folder, file, warnings);
    if (found) return found;
  }
  return fromHuggingFace(folder, byName);
}

function fromFile(folder: string, file: string, warnings: InferenceNote[]): Found | undefined {
  const path = join(folder, file);
  const text = readSmallFile(path);
  const labels = text === undefined ? undefined : parseLabels(text);
  if (!labels) {
    if (isLfsPointerFile(path)) return undefined; // which `pointersBeside` warns of
    warnings.push(note('certain', 'warnLabelsUnreadable', { file }));
    return undefined;
  }
  return { labels, note: note('certain', 'labelsFile', { count: labels.length, file }), source: file };
}

function fromTriton(folder: string, output: string, warnings: InferenceNote[]): Found | undefined {
  const config = readTritonConfig(folder);
  const file = config?.labelFiles.get(output);
  return config && file !== undefined ? fromFile(config.folder, file, warnings) : undefined;
}

function fromMlflow(folder: string): Found | undefined {
  const labels = readMlModel(folder)?.labels;
  if (!labels) return undefined;
  return { labels, note: note('certain', 'labelsMlflow', { count: labels.length }), source: 'MLmodel' };
}

/** Hugging Face's `config.json` has names in `id2label`, timm's in `label_names`; placeholders such as `LABEL_0` say nothing. */
function fromHuggingFace(folder: string, byName: ReadonlyMap<string, string>): Found | undefined {
  const file = byName.get('config.json');
  const text = file === undefined ? undefined : readSmallFile(join(folder, file));
  if (file === undefined || text === undefined) return undefined;
  try {
    const config: unknown = JSON.parse(text);
    const { id2label, label_names } = (config ?? {}) as { id2label?: unknown; label_names?: unknown };
    const names = id2label ?? label_names;
    const labels = names === undefined ? undefined : labelsFrom(names);
    if (!labels || labels.every((label) => /^LABEL_\d+$/.test(label))) return undefined;
    return {
      labels,
      note: note('certain', 'labelsHuggingFace', { count: labels.length, file }),
      source: file,
    };
  } catch {
    return undefined; // some other program's config.json
  }
}

function fromMetadata(metadata: Readonly<Record<string, string>>): Found | undefined {
  for (const key of metadataKeys) {
    const text = metadata[key];
    if (text === undefined) continue;
    const labels = parseLabels(text) ?? undefined;
    const listed =
      labels?.length === 1 && text.includes(',') ? text.split(',').map((name) => name.trim()) : labels;
    if (listed) {
      return {
        labels: listed,
        note: note('certain', 'labelsMetadata', { count: listed.length, key }),
        source: key,
      };
    }
  }
  return undefined;
}

/** Names by class index for a model of `classCount` classes, and what is to be said about their number. */
export function fitLabels(
  { labels, source }: Pick<FoundLabels, 'labels' | 'source'>,
  classCount: number,
): { readonly labels: Labels; readonly warnings: readonly InferenceNote[] } {
  if (!labels)
    return { labels: [], warnings: [note('certain', 'warnLabelsMissing', { classes: classCount })] };
  if (labels.length === classCount) return { labels, warnings: [] };
  const params = { classes: classCount, labels: labels.length, source };
  if (classCount === labels.length + 1 && classCount === 1001) {
    return { labels: ['background', ...labels], warnings: [note('likely', 'warnLabelsBackground', params)] };
  }
  if (labels.length === classCount + 1 && /^background$/i.test(labels[0] ?? '')) {
    return { labels: labels.slice(1), warnings: [note('likely', 'warnLabelsTooMany', params)] };
  }
  const reason = labels.length > classCount ? 'warnLabelsTooMany' : 'warnLabelsTooFew';
  return { labels, warnings: [note('certain', reason, params)] };
}
