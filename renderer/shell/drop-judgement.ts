import { isTensorFile } from '../../app/base/tensor-files';

/** What hangs on the pointer: files and folders, or something that cannot be added. */
export type DragKind = 'files' | 'other';

export function dragKind(transfer: DataTransfer | null): DragKind | null {
  if (!transfer || transfer.types.length === 0) return null;
  return transfer.types.includes('Files') ? 'files' : 'other';
}

export interface DroppedEntry {
  readonly file: File | null;
  readonly isFolder: boolean;
}

export const isFileEntry = (entry: DroppedEntry): entry is DroppedEntry & { readonly file: File } =>
  entry.file !== null;

const isPicture = ({ file, isFolder }: DroppedEntry): boolean =>
  !isFolder && file !== null && file.type.startsWith('image/');

/** What models and archives of models are called. */
const model = /\.(onnx|ort|tflite|pb|h5|keras|zip|tar|tgz|gz)$|^model\.json$/i;
const isModel = ({ file, isFolder }: DroppedEntry): boolean =>
  !isFolder && model.test(file?.name ?? '') && !isTensorFile(file?.name ?? '');

/** Pictures can only be input and models cannot be, wherever they fall; everything else goes where it was dropped. */
export const goesToInput = (entries: readonly DroppedEntry[], isOverInput: boolean): boolean =>
  entries.every(isPicture) || (isOverInput && !entries.some(isModel));

const list = /\.(csv|jsonl|ndjson|txt|lst)$/i;
/** More pictures than one looks at one by one. */
const mostSingle = 100;

/** Is this input for a batch: folders, lists of pictures, files of tensors, or very many pictures? */
export const isBatch = (entries: readonly DroppedEntry[]): boolean =>
  entries.length > mostSingle ||
  entries.some(
    ({ file, isFolder }) => isFolder || list.test(file?.name ?? '') || isTensorFile(file?.name ?? ''),
  );
