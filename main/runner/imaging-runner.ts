import { drawPicture, probePicture } from './decode';
import type { CreateRunnerModule } from './runner-module';

/** Reads and draws pictures for the page, so that hostile ones meet native code only in a process that may die. */
export const createImagingRunner: CreateRunnerModule = ({ meter }) => ({
  probePicture: ({ picture }) => probePicture(picture),
  drawPicture: async ({ picture, maxSide }) => ({
    bytes: await drawPicture(picture, maxSide),
    mime: 'image/webp',
  }),
  unload: async () => meter.read(),
});
