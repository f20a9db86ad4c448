/** How a model is run: the tab Running. */
export const running = {
  'running.intro':
    'How the versions of this model are run. What is not set here is decided by their folder, by measuring, or by the computer.',
  'running.nothingLoaded': 'No version is loaded: what is set holds from the next load on.',
  'running.automatic': 'Automatic',
  'running.off': 'Off',
  'running.on': 'On',
  'running.own': 'Own',
  'running.memoryCapBytes.budget': 'Budget',
  'running.mb': 'MB',
  'running.ms': 'ms',

  'running.batching': 'Batching',
  'running.batching.help':
    'Requests that wait for a run are put together into one. That gains for small models and costs the first request a little time.',
  'running.batching.maxBatchSize': 'Most in one run',
  'running.batching.batchTimeoutMs': 'Longest wait for others',
  'running.batching.maxEnqueuedBatches': 'Runs that may wait',
  'running.batching.allowedBatchSizes': 'Sizes of runs',
  'running.batching.allowedBatchSizes.any': 'any',
  'running.batching.maxExecutionBatchSize': 'Most in one part',
  'running.batching.split': 'Split requests that are larger than one run',
  'running.batching.pad': 'Fill up inputs of unequal length',
  'running.batching.now.set':
    '{size, plural, =1 {Version {version} runs each request by itself, as set.} other {Version {version} runs up to # at once, as set.}}',
  'running.batching.now.folder':
    '{size, plural, =1 {Version {version} runs each request by itself, as batching_params.pbtxt in its folder says.} other {Version {version} runs up to # at once, as batching_params.pbtxt in its folder says.}}',
  'running.batching.now.measured':
    '{size, plural, =1 {Version {version} runs each request by itself: a trial found no gain in more.} other {Version {version} runs up to # at once, as a trial found best.}}',
  'running.batching.now.model':
    '{size, plural, =1 {Version {version} runs each request by itself.} other {Version {version} takes exactly # at once.}}',
  'running.batching.now.nothing': 'Version {version} puts nothing together: a table looks keys up at once.',

  'running.instances': 'Processes',
  'running.instances.help':
    'How many processes hold a version. Each takes the memory of the model once more; requests go to the one that is least busy.',
  'running.instances.now':
    '{count, plural, one {Version {version} has # process.} other {Version {version} has # processes.}}',

  'running.intraOpThreads': 'Threads in a run',
  'running.intraOpThreads.help':
    'How many threads work on one run. Automatic divides half of the cores among the processes there are.',
  'running.intraOpThreads.now':
    '{count, plural, one {Version {version} uses # thread.} other {Version {version} uses # threads.}}',

  'running.executionProvider': 'Runs on',
  'running.executionProvider.help':
    'What runs the model. Another than cpu is tried beside cpu when a version is loaded; where it cannot, cpu runs the version and a note says so.',
  'running.executionProvider.now': 'Version {version} runs on {used}.',
  'running.executionProvider.now.nothing':
    'Version {version} is no ONNX model: for it this cannot be chosen.',
  'running.executionProvider.now.fellBack':
    'Version {version} runs on {used}: {asked} cannot run it, see its notes.',
  'running.executionProvider.now.tried': 'Version {version} runs on {used}, in a trial {parts}.',
  'running.executionProvider.now.same':
    'Version {version} runs on {used}, in a trial {parts}. Its numbers are those of cpu, to {difference} of the largest.',
  'running.executionProvider.now.other':
    'Version {version} runs on {used}, in a trial {parts}. Its numbers are NOT those of cpu: they differ by {difference} of the largest.',
  'running.executionProvider.part':
    '{count, plural, one {# operator by {provider}} other {# operators by {provider}}}',

  'running.memoryCapBytes': 'Memory cap',
  'running.memoryCapBytes.help':
    'A version that takes more is ended and started again. Divided among its processes. By default the memory budget of all versions is the cap of each.',
  'running.memoryCapBytes.now': 'Version {version} takes {bytes} now.',

  'running.answerFromLastGood': 'Another version may answer',
  'running.answerFromLastGood.help':
    'When the process of a version ends by itself, the newest other version that is loaded answers what was in flight. The answer says so.',

  'running.between': 'From {least} to {most}, or empty for the default',
  'running.badSizes': 'Whole numbers in rising order, such as 1, 4, 16',
  'running.preview': 'What applying will do',
  'running.previewReload':
    '{count, plural, one {Version {versions} is loaded anew. Requests for it wait meanwhile.} other {Versions {versions} are loaded anew, one after the other. Requests for one wait meanwhile.}}',
  'running.previewNow': 'It holds at once. Nothing is loaded anew.',
  'running.previewNext': 'It holds from the next load on.',
  'running.fixFirst': 'Correct what is marked first',
  'running.changed': 'How {model} is run is changed',

  'running.sizes': 'Sizes of its runs',
  'running.sizes.table': 'Sizes of the runs of version {version}',
  'running.sizes.note': 'since version {version} was loaded',
  'running.sizes.none': 'Version {version} has not run yet.',
  'running.sizes.size': 'Examples in a run',
  'running.sizes.runs': 'Runs',
  'running.sizes.share': 'Share of the examples',
} as const;
