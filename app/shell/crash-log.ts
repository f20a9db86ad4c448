import { app } from 'electron';
import { isCancelled, setUnexpectedReporter } from '../base/errors';
import type { Log } from './log';

/** Bugs end in the log, not in a dialog: what nobody caught, what was reported, and processes that went away. */
export function setupCrashLog(log: Log): void {
  setUnexpectedReporter((error) => log.write('unexpected', error));
  process.on('uncaughtException', (error) => log.writeNow('uncaught', error));
  process.on('unhandledRejection', (reason) => {
    if (!isCancelled(reason)) log.writeNow('unhandled rejection', reason);
  });
  app.on('render-process-gone', (_event, contents, { reason, exitCode }) => {
    log.write('page', `gone: ${reason}, code ${exitCode}, ${contents.getURL()}`);
  });
  let isQuitting = false; // then they are ended
  app.on('before-quit', () => {
    isQuitting = true;
  });
  app.on('child-process-gone', (_event, { type, reason, exitCode, name, serviceName }) => {
    if (reason !== 'clean-exit' && !isQuitting)
      log.write('child', `${name ?? serviceName ?? type} gone: ${reason}, code ${exitCode}`);
  });
}
