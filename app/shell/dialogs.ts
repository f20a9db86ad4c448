import { type BrowserWindow, dialog, type OpenDialogOptions } from 'electron';
import { messages } from './messages';

/** Empty when the person cancelled. */
export type Choose = () => Promise<readonly string[]>;

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

export const choosePictures = (window: BrowserWindow | undefined): Promise<readonly string[]> =>
  open(window, {
    title: messages.choosePictures,
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: messages.pictures, extensions: pictureExtensions },
      { name: messages.allFiles, extensions: ['*'] },
    ],
  });
