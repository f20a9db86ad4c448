// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { type DroppedEntry, dragKind, goesToInput, isBatch } from '../../../../renderer/shell/drop-judgement';

const entry = (name: string, type: string, isFolder = false): DroppedEntry => ({
  file: new File([], name, { type }),
  isFolder,
});
const transfer = (...types: string[]) => ({ types }) as unknown as DataTransfer;

test('files and folders can be added, text and links cannot', () => {
  expect(dragKind(transfer('Files'))).toBe('files');
  expect(dragKind(transfer('text/plain'))).toBe('other');
  expect(dragKind(transfer())).toBeNull();
});

test('pictures are input and models are not, wherever they fall; other things go where they are dropped', () => {
  expect(goesToInput([entry('cat.jpg', 'image/jpeg'), entry('dog.png', 'image/png')], false)).toBe(true);
  expect(goesToInput([entry('cat.jpg', 'image/jpeg'), entry('model.onnx', '')], false)).toBe(false);
  expect(goesToInput([entry('cat.jpg', 'image/jpeg'), entry('model.ONNX', '')], true)).toBe(false);
  expect(goesToInput([entry('digits.tar.gz', 'application/gzip')], true)).toBe(false);
  expect(goesToInput([entry('pictures', '', true)], true)).toBe(true);
  expect(goesToInput([entry('pictures.csv', 'text/csv')], true)).toBe(true);
  expect(goesToInput([entry('digits', '', true)], false)).toBe(false);
});

test('folders, lists and very many pictures are a batch; some pictures are run one by one', () => {
  const many = Array.from({ length: 101 }, (_, at) => entry(`${at}.jpg`, 'image/jpeg'));
  expect(isBatch([entry('pictures', '', true)])).toBe(true);
  expect(isBatch([entry('cat.jpg', 'image/jpeg'), entry('names.CSV', 'text/csv')])).toBe(true);
  expect(isBatch([entry('rows.npy', '')])).toBe(true);
  expect(goesToInput([entry('train-images-idx3-ubyte.gz', 'application/gzip')], true)).toBe(true);
  expect([isBatch(many), isBatch(many.slice(1))]).toEqual([true, false]);
});
