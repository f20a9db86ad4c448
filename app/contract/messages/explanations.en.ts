import type { ExplanationReason } from '../explanation';

/** Why a version is, or is not, loaded, in English: whole sentences; `{version}` and the like are filled from the explanation's params. */
export const explanationTexts: Readonly<Record<ExplanationReason, string>> = {
  available: 'Version {version} is loaded and answers.',
  loading: 'Version {version} is being loaded: try {attempt} of {maxAttempts}.',
  betweenTries: 'The last try to load version {version} failed. It is tried again by itself.',
  waitingForMemory:
    'Version {version} waits for memory: it needs {needBytes}, and {freeBytes} of {totalBytes} are free.',
  waitingForVersions:
    'Version {version} waits until version {versions} is unloaded: this model never holds old and new together.',
  waitingForTurn: 'Version {version} waits for its turn: other versions are being loaded.',
  unloading: 'Version {version} is being unloaded: it finishes {inFlight} requests first.',
  failed: 'Version {version} could not be loaded.',
  cancelled: 'Loading version {version} was cancelled. It stays so until it is retried.',
  unusable: 'Version {version} is set aside: its files are no model that can be loaded.',
  stillChanging:
    'The files of version {version} are still changing. It is looked at again once they have rested.',
  notOnDisk: '{model} has no version {version} on disk.',
  onDemand: 'Version {version} is loaded by the first request that asks it.',
  onDemandIdle:
    'Version {version} was unloaded because nobody had used it for a while. The next request loads it again.',
  onDemandMemory: 'Version {version} was unloaded to make room. The next request loads it again.',
  onDemandByPerson: 'Version {version} was unloaded by hand. The next request loads it again.',
  unloadedByPerson:
    'Version {version} was unloaded by hand. It stays so until it is loaded by hand or a policy is applied.',
  newerWanted: 'The policy asks for the latest {count} only, and there are newer ones: {versions}.',
  notListed: 'The policy asks for other versions only: {versions}.',
  noneWanted: 'The policy of {model} asks for no version.',
  folderProblem: 'The folder of {model} cannot be looked at.',
};

/** What the serving core goes by when it loads and unloads, in English, by the names of its rules. */
export const ruleTexts: Readonly<Record<string, string>> = {
  PO1: 'Switching without a gap: an old version goes when another one answers in its place, or when none is wanted.',
  PO2: 'Switching without a gap: the highest wanted version is loaded before an old one goes.',
  PO3: 'Switching without holding two: an old version goes first.',
  PO5: 'Switching without holding two: the highest wanted version is loaded when the old ones are gone.',
  CM1: 'Loaded on demand: a request asked it while it was not loaded.',
  CM7: 'Loaded on demand: nobody had used it for the time that is set.',
  CM8: 'Loaded on demand: memory was needed, and of what nobody was using it had been used least recently.',
  CM13: 'Loaded on demand: the policy no longer asks for it.',
  CM14: 'Loaded on demand: ahead of any request, or until the next one.',
  ST3: 'Loaded on demand: the version before it is loaded, and answers until this one can.',
  AVM19: 'Reloading: its files changed, and somebody asked for what is there now.',
};
