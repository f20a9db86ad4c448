/**
 * The page's commands that the native menu offers. The page's registry owns what they do, when they can run and their keys;
 * the menu shows them, and asks for one by its id over the feed `command.requested`.
 */
export const menuCommands = [
  'models.addFolder',
  'models.addFile',
  'models.addSample',
  'run.choosePictures',
  'go.settings',
  'view.palette',
  'go.models',
  'go.playground',
  'go.compare',
  'go.jobs',
  'go.endpoints',
  'go.back',
  'go.forward',
  'list.find',
  'view.inspector',
  'view.events',
  'models.load',
  'models.unload',
  'models.pin',
  'models.rescan',
  'models.showFolder',
  'models.undo',
  'models.remove',
  'routes.new',
  'run.again',
  'jobs.newBatch',
  'models.try',
  'models.compare',
  'help.shortcuts',
  'help.layout',
] as const;
export type MenuCommand = (typeof menuCommands)[number];
