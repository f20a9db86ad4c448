/** Why a version is not loaded; the reasons themselves stand in `app/contract/messages/explanations.en.ts`. */
export const why = {
  'why.ask': 'Why is it not loaded?',
  'why.heading': 'Why version {version} is not loaded',
  'why.title': 'Why is {model} version {version} not loaded?',
  'why.since': 'Since',
  'why.cause': 'Cause',
  'why.rule': 'Rule',
  'why.isLoaded': 'This version is loaded',

  'changed.title': 'Its files changed since it was loaded',
  'changed.text':
    'Version {version} still answers from what it was loaded from. Give a changed model a new version number, or load this one again.',
  'changed.row': 'Changed files, version {version}',
  'changed.reload': 'Reload',
  'changed.reloadNamed': 'Reload {model} version {version}',
  'replaced.title': 'It was loaded from other files than before',
  'replaced.text':
    'The files of version {version} changed while it was not loaded, and it answers from the new ones. Give a changed model a new version number, or keep this one.',
  'replaced.keep': 'Keep it',
  'replaced.keepNamed': 'Keep {model} version {version} as it is',
} as const;
