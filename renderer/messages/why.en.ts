/** Why a version is not loaded; the reasons themselves stand in `app/contract/messages/explanations.en.ts`. */
export const why = {
  'why.ask': 'Why is it not loaded?',
  'why.title': 'Why is {model} version {version} not loaded?',
  'why.heading': 'Why it is not loaded',
  'why.since': 'Since',
  'why.decidedBy': 'Decided by',
  'why.rule': 'Rule',
  'why.isLoaded': 'This version is loaded',

  'changed.title': 'Its files changed since it was loaded',
  'changed.text':
    'Version {version} still answers from what it was loaded from. Give a changed model a new version number, or load this one again.',
  'changed.row': 'Changed files, version {version}',
  'changed.reload': 'Reload',
  'changed.reloadNamed': 'Reload {model} version {version}',
} as const;
