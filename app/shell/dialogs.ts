import { basename } from 'node:path';
import { type BrowserWindow, dialog, type OpenDialogOptions, type SaveDialogOptions } from 'electron';
import type { TensorFormat } from '../base/tensor-files';
import type { ExportFormat } from '../contract/job-calls';
import { messages } from './messages';

/** Empty when the person cancelled. */
export type Choose = () => Promise<readonly string[]>;

/** Model files, and archives of models. */
const modelExtensions = ['onnx', 'zip', 'tar', 'tgz', 'gz'];
const pictureExtensions = ['jpg', 'jpeg', 'png', 'webp', 'avif', 'gif', 'tif', 'tiff'];

async function open(
  window: BrowserWindow | undefined,
  options: OpenDialogOptions,
): Promise<readonly string[]> {
  const answer = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
  return answer.canceled ? [] : answer.filePaths;
}

export const chooseFolders = (window: BrowserWindow | undefined): Promise<readonly string[]> =>
  open(window, {
    title: messages.chooseFolder,
    buttonLabel: messages.add,
    properties: ['openDirectory', 'multiSelections'],
  });

export const chooseModelFiles = (window: BrowserWindow | undefined): Promise<readonly string[]> =>
  open(window, {
    title: messages.chooseModelFile,
    buttonLabel: messages.add,
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: messages.modelFiles, extensions: modelExtensions },
      { name: messages.allFiles, extensions: ['*'] },
    ],
  });

export const choosePictures = (window: BrowserWindow | undefined): Promise<readonly string[]> =>
  open(window, {
    title: messages.choosePictures,
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: messages.pictures, extensions: pictureExtensions },
      { name: messages.allFiles, extensions: ['*'] },
    ],
  });

export const chooseBatchFolder = (window: BrowserWindow | undefined): Promise<readonly string[]> =>
  open(window, { title: messages.chooseBatchFolder, properties: ['openDirectory', 'multiSelections'] });

export const chooseBatchList = (window: BrowserWindow | undefined): Promise<readonly string[]> =>
  open(window, {
    title: messages.chooseBatchList,
    properties: ['openFile'],
    filters: [
      { name: messages.lists, extensions: ['csv', 'jsonl', 'ndjson', 'txt', 'lst'] },
      { name: messages.allFiles, extensions: ['*'] },
    ],
  });

/** IDX files are often named `train-images-idx3-ubyte.gz`, or have no extension at all. */
export const chooseTensors = (window: BrowserWindow | undefined): Promise<readonly string[]> =>
  open(window, {
    title: messages.chooseTensors,
    properties: ['openFile'],
    filters: [
      { name: messages.tensors, extensions: ['npy', 'npz', 'jsonl', 'ndjson', 'idx', 'gz'] },
      { name: messages.allFiles, extensions: ['*'] },
    ],
  });

/** Where to write the results of a batch; null when the person cancels. */
export async function chooseExport(
  window: BrowserWindow | undefined,
  name: string,
  format: ExportFormat | TensorFormat,
): Promise<string | null> {
  const options: SaveDialogOptions = {
    title: messages.exportResults,
    buttonLabel: messages.export,
    defaultPath: basename(name),
    filters: [{ name: messages.formats[format], extensions: [format] }],
  };
  const answer = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options));
  if (answer.canceled || !answer.filePath) return null;
  const { filePath } = answer;
  return filePath.toLowerCase().endsWith(`.${format}`) ? filePath : `${filePath}.${format}`;
}
