/** When the versions that a policy asks for are in memory. */
export const loading = {
  'event.loadedAlways': 'Loaded always from now on',
  'event.loadedOnDemand': 'Loaded on demand from now on',
  'event.loadedOnDemandIdle': 'Loaded on demand from now on, unloaded when unused for {duration}',
  'event.pinned': 'Pinned in memory',
  'event.unpinned': 'Unpinned',
  'undone.pinned': 'Pin taken back',
  'undone.unpinned': 'Pin put back',
  'cause.request': 'A request asked for it',
  'cause.idle': 'Nobody used it for a while',
};
