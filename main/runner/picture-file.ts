import { open, stat } from 'node:fs/promises';
import { AppError } from '../../app/base/errors';

/** No picture file larger than this is read. */
export const maxPictureBytes = 128 * 1024 * 1024;

/** Reads a picture file. Throws PICTURE_NOT_FOUND, PICTURE_TOO_LARGE, PICTURE_IS_FOLDER or PICTURE_UNREADABLE; devices are refused. */
export async function readPicture(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path).then((it) => {
      if (it.isDirectory()) throw new AppError('PICTURE_IS_FOLDER', {}, { detail: 'It is a folder' });
      if (!it.isFile()) throw new AppError('PICTURE_UNREADABLE', {}, { detail: 'Not a file' });
      return it;
    });
    if (size > maxPictureBytes) throw pictureTooLarge(size);
    const file = await open(path, 'r');
    try {
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new AppError('PICTURE_NOT_FOUND', {}, { detail: 'There is no such file', cause: error });
    throw new AppError(
      'PICTURE_UNREADABLE',
      {},
      { detail: `The file cannot be read (${code})`, cause: error },
    );
  }
}

/** What is said of a file with too many bytes. */
export const pictureTooLarge = (bytes: number): AppError =>
  new AppError('PICTURE_TOO_LARGE', { bytes: String(bytes) }, { detail: `The file has ${bytes} bytes` });
