import { adding } from './adding.en';
import { common } from './common.en';
import { compare } from './compare.en';
import { endpoints } from './endpoints.en';
import { jobs } from './jobs.en';
import { labels } from './labels.en';
import { loading } from './loading.en';
import { models } from './models.en';
import { pictures } from './pictures.en';
import { playground } from './playground.en';
import { preparation } from './preparation.en';
import { routes } from './routes.en';
import { running } from './running.en';
import { settings } from './settings.en';
import { shell } from './shell.en';
import { tables } from './tables.en';
import { why } from './why.en';

/** Everything people read, in English, by id. Texts of errors stand in `app/contract/messages`, since the command line speaks them too. */
export const en = {
  ...common,
  ...shell,
  ...models,
  ...loading,
  ...labels,
  ...why,
  ...adding,
  ...pictures,
  ...playground,
  ...tables,
  ...compare,
  ...jobs,
  ...endpoints,
  ...preparation,
  ...running,
  ...routes,
  ...settings,
} as const;

export type MessageId = keyof typeof en;
