import { expect, test } from 'vitest';
import { ChunkSize } from '../../../main/jobs/batch/chunk-size';

test('chunks grow while they are quick, at most twofold, and to no more than 128', () => {
  const chunk = new ChunkSize();
  const sizes = Array.from({ length: 8 }, () => {
    chunk.note(chunk.size, chunk.size); // a millisecond each
    return chunk.size;
  });
  expect(sizes).toEqual([8, 16, 32, 64, 128, 128, 128, 128]);
});

test('chunks that take long become smaller at once, down to single items', () => {
  const chunk = new ChunkSize();
  chunk.note(4, 400);
  expect(chunk.size).toBe(2);
  chunk.note(2, 60_000);
  expect(chunk.size).toBe(1);
});

test('a last chunk that was not full says what an item takes, and no less', () => {
  const chunk = new ChunkSize();
  chunk.note(4, 4);
  chunk.note(1, 50);
  expect(chunk.size).toBe(5);
});
