import { homedir } from 'node:os';

const absolutePath = /(?:[A-Za-z]:\\|\/)(?:[^\s/\\:'"`]+[/\\])+([^\s/\\:'"`]*)/g;

/** The text with the home folder as `~`: for logs, which people send to others. */
export const redactHome = (text: string, home: string = homedir()): string =>
  home.length > 1 ? text.replaceAll(home, '~') : text;

/** The text with every absolute path cut down to its last part: for what leaves this process. */
export const redactPaths = (text: string): string => text.replace(absolutePath, '$1');
