import { app, type WebContents } from 'electron';
import type { PageOrigin } from './page-origin';

const linkHosts: ReadonlySet<string> = new Set([
  'github.com',
  'onnx.ai',
  'onnxruntime.ai',
  'www.tensorflow.org',
  'kserve.github.io',
  'www.apache.org',
  'www.electronjs.org',
]);

/** May this address be opened in the person's browser? Only https, only hosts that the app itself links to. */
export function isAllowedLink(address: string): boolean {
  try {
    const { protocol, host, username, password } = new URL(address);
    return protocol === 'https:' && linkHosts.has(host) && username === '' && password === '';
  } catch {
    return false; // no address at all
  }
}

/** The page may reload itself during development (Vite does); otherwise it stays where it is. */
export const mayNavigate = (origin: PageOrigin, to: string): boolean =>
  origin.devServer !== null && origin.owns(to);

/** No page of this app goes elsewhere, opens windows or hosts other pages. */
export function setupNavigation(origin: PageOrigin): void {
  app.on('web-contents-created', (_event, contents) => guard(contents, origin));
}

function guard(contents: WebContents, origin: PageOrigin): void {
  contents.on('will-navigate', (event, address) => {
    if (!mayNavigate(origin, address)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
