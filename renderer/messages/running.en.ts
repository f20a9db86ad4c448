/** How a model is run: the tab Running. */
export const running = {
  'running.batching': 'Batching',
  'running.instances': 'Processes',
  'running.intraOpThreads': 'Threads in a run',
  'running.memoryCapBytes': 'Memory cap',
  'running.answerFromLastGood': 'Another version may answer',
} as const;
