import { homedir } from 'node:os';
import { sep } from 'node:path';
import { app } from 'electron';
import { reportUnexpected } from '../base/errors';
import type { MenuCommand } from '../contract/commands';
import { enableMenuCommands, type RecentItem, setupMenu } from './menu';
import { openRecentFolders } from './recent-folders';

export interface AppMenuActions {
  readonly run: (command: MenuCommand) => void;
  readonly about: () => void;
  /** Looks at a folder as if it were dropped. */
  readonly offer: (paths: readonly string[]) => void;
}

export interface AppMenu {
  /** Greys out what the page cannot run now. */
  readonly enable: (available: readonly string[]) => void;
  /** Offers a folder again, here and in the system's list. */
  readonly noteAdded: (folder: string) => void;
}

/** The application menu, with the folders that were added last; they are kept in `file`. */
export function createAppMenu(file: string, { run, about, offer }: AppMenuActions): AppMenu {
  let available: readonly string[] | null = null;
  let folders: readonly string[] = [];
  const show = (): void => {
    setupMenu(
      {
        run,
        about,
        openRecent: (folder) => offer([folder]),
        clearRecent: () => {
          app.clearRecentDocuments();
          recent.then((list) => list.clear()).catch(reportUnexpected);
        },
      },
      folders.map(itemOf),
    );
    if (available) enableMenuCommands(available);
  };
  show(); // before the app is ready, so that Electron builds no menu of its own first
  const recent = openRecentFolders(file, (next) => {
    folders = next;
    show();
  });
  return {
    enable: (next) => {
      available = next;
      enableMenuCommands(next);
    },
    noteAdded: (folder) => {
      app.addRecentDocument(folder);
      recent.then((list) => list.note(folder)).catch(reportUnexpected);
    },
  };
}

function itemOf(folder: string): RecentItem {
  const home = `${homedir()}${sep}`;
  return { folder, label: folder.startsWith(home) ? `~${sep}${folder.slice(home.length)}` : folder };
}
