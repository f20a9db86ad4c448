import { tinykeys } from 'tinykeys';
import { type Disposable, DisposableStore, toDisposable } from '../../app/base/lifecycle';
import type { Command, CommandRegistry } from './registry';

export type Platform = 'linux' | 'darwin' | 'win32';

const names: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Slash: '/',
  Comma: ',',
  BracketLeft: '[',
  BracketRight: ']',
  ' ': 'Space',
};
const macNames: Readonly<Record<string, string>> = { $mod: '⌘', Shift: '⇧', Alt: '⌥', Control: '⌃' };
const otherNames: Readonly<Record<string, string>> = { $mod: 'Ctrl', Control: 'Ctrl' };

/** `$mod+Shift+c` as people read it: "Ctrl Shift C", on a Mac "⌘ ⇧ C". */
export function keysLabel(keys: string, platform: Platform): string {
  const modifiers = platform === 'darwin' ? macNames : otherNames;
  return keys
    .split('+')
    .map((part) => modifiers[part] ?? names[part] ?? part.replace(/^(Key|Digit)/, ''))
    .map((part) => (part.length === 1 ? part.toUpperCase() : part))
    .join(' ');
}

/** The same for `aria-keyshortcuts`: "Control+K". */
export function ariaKeys(keys: string, platform: Platform): string {
  return keys
    .split('+')
    .map((part) => (part === '$mod' ? (platform === 'darwin' ? 'Meta' : 'Control') : (names[part] ?? part)))
    .map((part) => (part.length === 1 ? part.toUpperCase() : part))
    .join('+');
}

const isEditable = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    (target.matches('input, textarea, select') && !target.matches('[type="checkbox"], [type="radio"]')));
const isInList = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('[data-command-scope="list"]') !== null;
const hasModal = (): boolean =>
  document.querySelector('[role="dialog"][data-open], [role="alertdialog"][data-open]') !== null;
const isBare = (keys: string): boolean =>
  !/\$mod|Control|Alt|Meta/.test(keys) && !/^(Shift\+)?F\d+$/.test(keys);

/** May `command` act on this key press? Bare keys never act while somebody types; nothing acts behind a dialog. */
function mayAct(command: Command, keys: string, event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.repeat || hasModal()) return false;
  if (command.scope === 'list' && !isInList(event.target)) return false;
  return !((isBare(keys) || command.scope === 'outsideText') && isEditable(event.target));
}

/** Lets the keys of all registered commands act on `target`. `allowsSingleKeys` is asked at each bare letter. */
export function listenForKeys(
  target: Window,
  registry: CommandRegistry,
  allowsSingleKeys: () => boolean,
): Disposable {
  const owned = new DisposableStore();
  let stop: () => void = () => {};
  const bind = (): void => {
    stop();
    const handlers: Record<string, (event: KeyboardEvent) => void> = {};
    for (const command of registry.list()) {
      for (const keys of command.keys ?? []) {
        handlers[keys] = (event) => {
          if (!mayAct(command, keys, event)) return;
          if (/^[a-z]$/.test(keys) && !allowsSingleKeys()) return;
          if (registry.run(command.id)) event.preventDefault();
        };
      }
    }
    stop = tinykeys(target, handlers, { ignore: () => false });
  };
  bind();
  owned.add(registry.onDidChange(bind));
  owned.add(toDisposable(() => stop()));
  return owned;
}
