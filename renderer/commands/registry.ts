import { Emitter, type Event } from '../../app/base/emitter';
import { type Disposable, toDisposable } from '../../app/base/lifecycle';

export const commandGroups = ['models', 'run', 'go', 'view', 'help'] as const;
export type CommandGroup = (typeof commandGroups)[number];

/** One thing a person can do. Palette, menus, buttons and shortcuts all come from here; no shortcut exists elsewhere. */
export interface Command {
  /** `area.verb`, as menus and the shell name it. */
  readonly id: string;
  readonly title: string;
  readonly group: CommandGroup;
  /** Key combinations in tinykeys' words, such as `$mod+k`; the first is the one that is shown. */
  readonly keys?: readonly string[];
  /** Where its keys act: everywhere, only while a list has the focus, or everywhere but where text is typed. */
  readonly scope?: 'everywhere' | 'list' | 'outsideText';
  /** Why it cannot run right now, in words; null when it can. */
  readonly unavailable?: () => string | null;
  readonly run: () => void;
}

export interface CommandRegistry {
  readonly onDidChange: Event<void>;
  /** Adds commands; one with the id of an earlier one stands in for it until it is disposed. */
  register(commands: readonly Command[]): Disposable;
  /** In the order of groups, then of registration. */
  list(): readonly Command[];
  get(id: string): Command | undefined;
  /** Runs a command; false when there is none or it is unavailable. */
  run(id: string): boolean;
}

export const unavailableReason = (command: Command): string | null => command.unavailable?.() ?? null;

export function createCommandRegistry(): CommandRegistry {
  const changed = new Emitter<void>();
  let layers: readonly (readonly Command[])[] = [];

  const list = (): readonly Command[] => {
    const byId = new Map<string, Command>();
    for (const command of layers.flat()) byId.set(command.id, command);
    return [...byId.values()].sort((a, b) => commandGroups.indexOf(a.group) - commandGroups.indexOf(b.group));
  };
  const get = (id: string): Command | undefined => list().find((command) => command.id === id);

  return {
    onDidChange: changed.event,
    list,
    get,
    register(commands) {
      const layer = [...commands];
      layers = [...layers, layer];
      changed.fire();
      return toDisposable(() => {
        layers = layers.filter((other) => other !== layer);
        changed.fire();
      });
    },
    run(id) {
      const command = get(id);
      if (!command || unavailableReason(command) !== null) return false;
      command.run();
      return true;
    },
  };
}
