import { app } from 'electron';
import { reportUnexpected } from '../base/errors';

const closeLimitMs = 8_000;

/**
 * Ends the app in order: `close` may take up to eight seconds, then the process goes, and every runner with it. While `mayQuit`
 * says no, nothing happens.
 */
export function setupQuit(mayQuit: () => boolean, close: () => Promise<void>): void {
  let state: 'running' | 'closing' | 'closed' = 'running';
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (state === 'closed') return;
    event.preventDefault();
    if (state === 'closing' || !mayQuit()) return;
    state = 'closing';
    void within(closeLimitMs, close).then(() => {
      state = 'closed';
      app.exit(0);
    });
  });
}

async function within(limitMs: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work().catch(reportUnexpected), limit]);
  clearTimeout(timer);
}
