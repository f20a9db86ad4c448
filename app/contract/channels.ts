// Names only: the sandboxed preload bundles this file, so nothing here may import zod.

/** What the page may ask of the engine. */
export const calls = [
  'app.info',
  'app.openLink',
  'app.copyText',
  'app.setCommands',
  'settings.get',
  'settings.set',
  'models.list',
  'models.offerFolder',
  'models.add',
  'models.addSample',
  'models.remove',
  'models.load',
  'models.unload',
  'models.retry',
  'models.cancelLoad',
  'models.previewPolicy',
  'models.applyPolicy',
  'models.showFolder',
  'models.rescan',
  'models.describe',
  'models.setPreprocessing',
  'models.events',
  'models.explain',
  'models.setLabel',
  'models.setKeepLastGood',
  'models.undo',
  'pictures.choose',
  'pictures.put',
  'pictures.samples',
  'inference.classify',
  'inference.viewInput',
  'endpoints.state',
  'endpoints.set',
  'endpoints.requests',
  'endpoints.tokens',
  'endpoints.createToken',
  'endpoints.revokeToken',
  'endpoints.examples',
  'jobs.list',
  'jobs.detail',
  'jobs.chooseInput',
  'jobs.offerPictures',
  'jobs.startBatch',
  'jobs.pause',
  'jobs.resume',
  'jobs.cancel',
  'jobs.retry',
  'jobs.runAgain',
  'jobs.remove',
  'jobs.setPriority',
  'jobs.results',
  'jobs.counts',
  'jobs.openPicture',
  'jobs.export',
  'jobs.showExport',
  'jobs.showInput',
] as const;

/** What the engine tells the page by itself. */
export const feeds = [
  'models.changed',
  'events.appended',
  'settings.changed',
  'command.requested',
  'drop.offered',
  'endpoints.changed',
  'endpoints.requested',
  'jobs.changed',
  'jobs.opened',
] as const;

export type CallName = (typeof calls)[number];
export type FeedName = (typeof feeds)[number];

/** Files and folders dropped on the window travel by path from preload to main; the page never sees the paths. */
export const dropChannels = {
  models: 'drop.models',
  pictures: 'drop.pictures',
  input: 'drop.input',
} as const;
