// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from 'vitest';
import { ariaKeys, keysLabel, listenForKeys } from '../../../../renderer/commands/keys';
import { type Command, createCommandRegistry } from '../../../../renderer/commands/registry';

test('keys read as on the keyboard of the system', () => {
  expect(keysLabel('$mod+Shift+c', 'linux')).toBe('Ctrl Shift C');
  expect(keysLabel('$mod+Shift+c', 'darwin')).toBe('⌘ ⇧ C');
  expect(keysLabel('Alt+ArrowLeft', 'win32')).toBe('Alt ←');
  expect(keysLabel('BracketLeft', 'linux')).toBe('[');
  expect(ariaKeys('$mod+k', 'linux')).toBe('Control+K');
  expect(ariaKeys('$mod+k', 'darwin')).toBe('Meta+K');
});

describe('listening for keys', () => {
  let stop: () => void = () => undefined;
  afterEach(() => {
    stop();
    document.body.innerHTML = '';
  });

  /** Registers commands and answers a function that presses keys on an element and says what ran. */
  function listen(
    commands: readonly Omit<Command, 'title' | 'group' | 'run'>[],
    allowsSingleKeys = true,
  ): (target: Element, init: KeyboardEventInit) => string[] {
    const registry = createCommandRegistry();
    const ran: string[] = [];
    registry.register(
      commands.map((command) => ({
        ...command,
        title: command.id,
        group: 'models',
        run: () => ran.push(command.id),
      })),
    );
    const listening = listenForKeys(window, registry, () => allowsSingleKeys);
    stop = () => listening.dispose();
    return (target, init) => {
      ran.length = 0;
      target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
      return [...ran];
    };
  }

  function draw(html: string): Element {
    document.body.innerHTML = html;
    return document.body.firstElementChild?.querySelector('[data-target]') ?? document.body;
  }

  test('a combination acts everywhere, also while somebody types', () => {
    const press = listen([{ id: 'find', keys: ['$mod+f'] }]);
    const input = draw('<div><input data-target></div>');
    expect(press(input, { key: 'f', code: 'KeyF', ctrlKey: true })).toEqual(['find']);
  });

  test('a single letter acts only in a list, and never while somebody types', () => {
    const press = listen([{ id: 'load', keys: ['l'], scope: 'list' }]);
    expect(press(draw('<p data-target></p>'), { key: 'l', code: 'KeyL' })).toEqual([]);
    const row = draw('<div data-command-scope="list"><button data-target></button></div>');
    expect(press(row, { key: 'l', code: 'KeyL' })).toEqual(['load']);
    const input = draw('<div data-command-scope="list"><input data-target></div>');
    expect(press(input, { key: 'l', code: 'KeyL' })).toEqual([]);
  });

  test('single letters can be switched off', () => {
    const press = listen([{ id: 'load', keys: ['l'], scope: 'list' }], false);
    const row = draw('<div data-command-scope="list"><button data-target></button></div>');
    expect(press(row, { key: 'l', code: 'KeyL' })).toEqual([]);
  });

  test('taking back leaves the text fields their own', () => {
    const press = listen([{ id: 'undo', keys: ['$mod+z'], scope: 'outsideText' }]);
    expect(press(draw('<div><input data-target></div>'), { key: 'z', code: 'KeyZ', ctrlKey: true })).toEqual(
      [],
    );
    expect(
      press(draw('<div><button data-target></button></div>'), { key: 'z', code: 'KeyZ', ctrlKey: true }),
    ).toEqual(['undo']);
  });

  test('nothing acts behind a dialog', () => {
    const press = listen([{ id: 'find', keys: ['$mod+f'] }]);
    const target = draw('<div><div role="dialog" data-open></div><p data-target></p></div>');
    expect(press(target, { key: 'f', code: 'KeyF', ctrlKey: true })).toEqual([]);
  });

  test('a key held down acts once', () => {
    const press = listen([{ id: 'find', keys: ['$mod+f'] }]);
    expect(press(document.body, { key: 'f', code: 'KeyF', ctrlKey: true, repeat: true })).toEqual([]);
  });
});
