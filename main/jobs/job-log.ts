import type { JobLogLine } from '../../app/contract/jobs';

const linesKept = 200;

/** The log with one line more: the last lines of it. */
export const withLine = (log: readonly JobLogLine[], line: JobLogLine): JobLogLine[] =>
  [...log, line].slice(-linesKept);
