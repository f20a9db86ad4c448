import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWindowState, placeWindow } from '../../../app/shell/window-state';
import { FakeClock } from '../../support/fake-clock';

const left = { x: 0, y: 0, width: 1920, height: 1040 };
const right = { x: 1920, y: 0, width: 1280, height: 1000 };

describe('placing the window', () => {
  test('it comes back where it was, on any screen', () => {
    const kept = { x: 2000, y: 50, width: 900, height: 700 };
    expect(placeWindow(kept, [left, right])).toEqual(kept);
  });

  test('on a screen that is gone it opens at its usual size where the system likes', () => {
    expect(placeWindow({ x: 2000, y: 50, width: 900, height: 700 }, [left])).toEqual({
      width: 1280,
      height: 800,
    });
  });

  test.each([
    ['above the screen', { x: 100, y: -400, width: 900, height: 700 }],
    ['below it', { x: 100, y: 1030, width: 900, height: 700 }],
    ['a sliver at the left', { x: -860, y: 100, width: 900, height: 700 }],
    ['a sliver at the right', { x: 1900, y: 100, width: 900, height: 700 }],
  ])('a title bar out of reach (%s) counts as gone', (_where, kept) => {
    expect(placeWindow(kept, [left])).toEqual({ width: 1280, height: 800 });
  });

  test('it is cut to the screen and never smaller than 640 by 480', () => {
    expect(placeWindow({ x: 0, y: 0, width: 4000, height: 3000 }, [left])).toMatchObject({
      width: 1920,
      height: 1040,
    });
    expect(placeWindow({ x: 0, y: 0, width: 200, height: 100 }, [left])).toMatchObject({
      width: 640,
      height: 480,
    });
  });

  test('the first window fits a small screen', () => {
    expect(placeWindow(null, [{ x: 0, y: 0, width: 1024, height: 700 }])).toEqual({
      width: 1024,
      height: 700,
    });
  });
});

describe('keeping the place', () => {
  let folder = '';
  let file = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-window-'));
    file = join(folder, 'window.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('what changed is read again at the next start', async () => {
    const first = await openWindowState(file, new FakeClock());
    first.update({ bounds: { x: 1, y: 2, width: 800, height: 600 }, isMaximized: true });
    first.update({ theme: 'dark' });
    await first.flush();
    const second = await openWindowState(file, new FakeClock());
    expect(second.get()).toEqual({
      bounds: { x: 1, y: 2, width: 800, height: 600 },
      isMaximized: true,
      theme: 'dark',
    });
  });

  test('many moves are one write, half a second after the last', async () => {
    const clock = new FakeClock();
    const state = await openWindowState(file, clock);
    state.update({ isMaximized: true });
    await clock.advance(499);
    state.update({ theme: 'light' });
    await clock.advance(499);
    await expect(readFile(file)).rejects.toThrow();
    await clock.advance(1);
    await state.flush();
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ isMaximized: true, theme: 'light' });
  });

  test.each(['', '{', '{"bounds":{"x":"left"}}', '[]'])(
    'a damaged file (%j) counts as a first start',
    async (text) => {
      await writeFile(file, text);
      expect((await openWindowState(file, new FakeClock())).get()).toEqual({
        bounds: null,
        isMaximized: false,
        theme: 'system',
      });
    },
  );
});
