// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest';
import { focusRegion } from '../../../../renderer/commands/regions';

afterEach(() => {
  document.body.innerHTML = '';
});

test('F6 walks the regions in order and starts over after the last', () => {
  document.body.innerHTML = `
    <nav data-region><button id="rail">a</button></nav>
    <section data-region><input id="find"><div id="row" data-row tabindex="0"></div></section>
    <section data-region id="plain"><p>text</p></section>`;
  const walked: string[] = [];
  for (let step = 0; step < 4; step++) {
    focusRegion(1);
    walked.push(document.activeElement?.id ?? '');
  }
  expect(walked).toEqual(['rail', 'row', 'plain', 'rail']);
  focusRegion(-1);
  expect(document.activeElement?.id).toBe('plain');
});
