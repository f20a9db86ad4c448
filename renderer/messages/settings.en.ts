/** The area Settings. */
export const settings = {
  'settings.title': 'Settings',
  'settings.find': 'Find a setting',
  'settings.sections': 'Sections',
  'settings.none': 'No setting matches "{query}"',
  'settings.clear': 'Clear search',
  'settings.default': 'Default: {value}',
  'settings.resetNamed': 'Reset {name} to {value}',

  'settings.section.appearance': 'Appearance',
  'settings.section.models': 'Models',
  'settings.section.memory': 'Memory',
  'settings.section.jobs': 'Jobs',
  'settings.section.shortcuts': 'Shortcuts',
  'settings.section.about': 'About',

  'settings.theme': 'Theme',
  'settings.theme.help': 'System follows the computer, also when it changes by itself in the evening.',
  'settings.theme.system': 'System',
  'settings.theme.light': 'Light',
  'settings.theme.dark': 'Dark',
  'settings.density': 'Density',
  'settings.density.help': 'How much room a row takes.',
  'settings.density.compact': 'Compact',
  'settings.density.comfortable': 'Comfortable',

  'settings.defaultSwitching': 'When switching versions',
  'settings.defaultSwitching.help':
    'What new models start with. Keep serving needs memory for two versions for a moment; Save memory leaves a gap.',
  'settings.maxLoadRetries': 'Retries of a failed load',
  'settings.maxLoadRetries.help':
    'How often a load that failed is tried again by itself, with growing pauses.',
  'settings.stabilityMs': 'Folder counts as complete after',
  'settings.stabilityMs.help':
    'How long a version folder must stay unchanged before it is loaded, so that half-copied files never are.',
  'settings.safetyScanMs': 'Look through folders every',
  'settings.safetyScanMs.help':
    'Folders are watched all the time; this finds what the system did not report.',

  'settings.memoryBudgetBytes': 'Memory for models',
  'settings.memoryBudgetBytes.help':
    'All loaded versions together. What does not fit waits until memory is free. This computer has {total}.',
  'settings.memoryBudgetBytes.auto': 'Half of this computer’s memory, {bytes}',
  'settings.memoryBudgetBytes.mode': 'How memory for models is set',
  'settings.memoryBudgetBytes.half': 'Half',
  'settings.memoryBudgetBytes.own': 'Own limit',
  'settings.memoryBudgetBytes.field': 'Memory for models in MB',

  'settings.notifiesOfJobs': 'Notify when a job ends',
  'settings.notifiesOfJobs.help':
    'When a job that took more than ten seconds is done or has failed while the window is out of sight.',
  'settings.switch.on': 'On',
  'settings.switch.off': 'Off',

  'settings.singleKeys': 'Single-letter shortcuts',
  'settings.singleKeys.help': 'Letters such as L and U act while a list has the focus.',
  'settings.singleKeys.on': 'On',
  'settings.singleKeys.off': 'Off',

  'settings.unit.ms': 'ms',
  'settings.unit.s': 's',
  'settings.unit.mb': 'MB',
  'settings.between': 'A whole number from {least} to {most}',

  'about.version': 'Slipway',
  'about.electron': 'Electron',
  'about.chromium': 'Chromium',
  'about.node': 'Node.js',
  'about.onnxruntime': 'ONNX Runtime',
  'about.computer': 'This computer',
  'about.computerIs': '{system}, {cpus, plural, one {# processor} other {# processors}}, {memory} memory',
  'about.system.linux': 'Linux',
  'about.system.darwin': 'macOS',
  'about.system.win32': 'Windows',
  'about.fallback': 'A stand-in runtime is used',
  'about.fallbackText':
    'The Electron this version is made for could not be fetched, so Electron {electron} stands in for it. Everything works, but it is older: it is for trying and testing only.',
  'about.licence': 'Open source under the Apache License 2.0. Nothing you do here leaves this computer.',
  'about.copy': 'Copy versions',
} as const;
