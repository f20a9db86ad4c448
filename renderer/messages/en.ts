import { adding } from './adding.en';
import { common } from './common.en';
import { compare } from './compare.en';
import { models } from './models.en';
import { pictures } from './pictures.en';
import { playground } from './playground.en';
import { settings } from './settings.en';
import { shell } from './shell.en';

/** Everything people read, in English, by id. Texts of errors stand in `app/contract/messages`, since the command line speaks them too. */
export const en = {
  ...common,
  ...shell,
  ...models,
  ...adding,
  ...pictures,
  ...playground,
  ...compare,
  ...settings,
} as const;

export type MessageId = keyof typeof en;
