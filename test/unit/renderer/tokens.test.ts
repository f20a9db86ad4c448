import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const css = readFileSync(join(import.meta.dirname, '../../../renderer/styles/tokens.css'), 'utf8');

/** The custom properties of the first rule with exactly this selector. */
function tokensOf(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  const body = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start));
  return new Map(
    [...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** WCAG 2.x relative luminance. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const light = tokensOf(':root');
const dark = new Map([...light, ...tokensOf(":root[data-theme='dark']")]);

describe.each([
  ['light', light],
  ['dark', dark],
])('tokens, %s', (_theme, tokens) => {
  const colour = (name: string): string => {
    const value = tokens.get(name) ?? '';
    const other = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
    return other === undefined ? value : colour(other);
  };
  const ratio = (a: string, b: string): number => contrast(colour(a), colour(b));
  const grounds = ['bg', 'surface', 'raised'];

  test.each(['text', 'text-2', 'text-3', 'accent', 'ok', 'warn', 'err', 'info', 'idle'])(
    'words in %s reach 4.5 to 1 on every ground',
    (name) => {
      for (const ground of grounds)
        expect(ratio(name, ground), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    },
  );

  test.each(['ok', 'warn', 'err', 'info'])('words in %s reach 4.5 to 1 on its soft ground', (name) => {
    expect(ratio(name, `${name}-soft`)).toBeGreaterThanOrEqual(4.5);
  });

  test('text of every rank reaches 4.5 to 1 where it stands on tinted grounds', () => {
    for (const ground of ['accent-soft', 'sunken', 'err-soft', 'warn-soft']) {
      expect(ratio('text', ground), ground).toBeGreaterThanOrEqual(4.5);
      expect(ratio('text-2', ground), ground).toBeGreaterThanOrEqual(4.5);
    }
  });

  test('text on a primary button reaches 4.5 to 1, at rest and under the pointer', () => {
    expect(ratio('on-accent', 'accent')).toBeGreaterThanOrEqual(4.5);
    expect(ratio('on-accent', 'accent-hover')).toBeGreaterThanOrEqual(4.5);
  });

  test('fields, marks of versions and the focus ring reach 3 to 1', () => {
    const marks = [
      'border-strong',
      'focus',
      ...Array.from({ length: 8 }, (_, index) => `chart-${index + 1}`),
    ];
    for (const mark of marks) {
      for (const ground of grounds)
        expect(ratio(mark, ground), `${mark} on ${ground}`).toBeGreaterThanOrEqual(3);
    }
  });

  test('the number on a version mark reaches 4.5 to 1', () => {
    for (let index = 1; index <= 8; index++)
      expect(ratio('bg', `chart-${index}`)).toBeGreaterThanOrEqual(4.5);
  });

  test('text on heat maps reaches 4.5 to 1', () => {
    for (let step = 1; step <= 7; step++) {
      expect(ratio(step <= 4 ? 'seq-text-low' : 'seq-text-high', `seq-${step}`)).toBeGreaterThanOrEqual(4.5);
    }
  });
});

test('dark redefines every colour of light', () => {
  const colours = [...light].filter(([, value]) => value.startsWith('#')).map(([name]) => name);
  const redefined = tokensOf(":root[data-theme='dark']");
  expect(colours.filter((name) => !redefined.has(name) && name !== 'seq-text-high')).toEqual([]);
});
