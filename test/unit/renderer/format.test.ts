import { describe, expect, test } from 'vitest';
import { createFormat } from '../../../renderer/format';

const format = createFormat('en');
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('format', () => {
  test.each([
    [0, '0 B'],
    [131, '131 B'],
    [515_000, '515 kB'],
    [6_200_000, '6.2 MB'],
    [310_000_000, '310 MB'],
    [999_950_000, '1 GB'],
    [1_234_000_000, '1.2 GB'],
  ])('%d bytes are written in decimal units as %s', (bytes, text) => {
    expect(plain(format.bytes(bytes))).toBe(text);
  });

  test.each([
    [0, '0 s'],
    [440, '0.4 s'],
    [12_300, '12 s'],
    [60_000, '1 min'],
    [220_000, '3 min 40 s'],
    [3_600_000, '1 h'],
    [3_900_000, '1 h 5 min'],
  ])('%d ms of waiting are written as %s', (ms, text) => {
    expect(plain(format.span(ms))).toBe(text);
  });

  test('a part of a whole is written in the unit of the whole', () => {
    expect(format.bytesLike(85_000_000, 512_000_000)).toBe('85');
    expect(format.bytesLike(3_400_000_000, 8_000_000_000)).toBe('3.4');
    expect(format.bytesLike(0, 8_000_000_000)).toBe('0');
  });

  test('a part that is much smaller keeps its own unit', () => {
    expect(plain(format.bytesLike(300_000_000, 13_000_000_000))).toBe('300 MB');
  });

  test.each([
    [0.21, '0.21 ms'],
    [12.44, '12.4 ms'],
    [340.4, '340 ms'],
    [1_900, '1.9 s'],
    [14_000, '14 s'],
    [150_000, '2.5 min'],
    [7_200_000, '2 h'],
  ])('%d ms are written as %s', (ms, text) => {
    expect(plain(format.duration(ms))).toBe(text);
  });

  test.each([
    [0.517, '51.7 %'],
    [1, '100 %'],
    [0.0004, '< 0.1 %'],
    [0, '0 %'],
  ])('the share %d is written as %s', (share, text) => {
    expect(plain(format.percent(share))).toBe(text);
  });

  test.each([
    [0.517, '51.7 %'],
    [0.99, '99.0 %'],
    [0.9999, '100.0 %'],
    [0.0004, '< 0.1 %'],
    [0, '0.0 %'],
  ])('the probability %d is written as %s', (probability, text) => {
    expect(plain(format.probability(probability))).toBe(text);
  });

  test('deltas carry their sign, with a true minus', () => {
    expect(format.signed(0.031)).toBe('+0.03');
    expect(format.signed(-1.2, 1)).toBe('−1.2');
    expect(format.signed(0)).toBe('0.00');
  });

  test('relative times look back, and never into the future', () => {
    expect(format.relative(0, 180_000)).toBe('3 minutes ago');
    expect(format.relative(10_000, 0)).toBe('now');
  });
});
