import type { Session } from 'electron';
import { contentSecurityPolicy } from './csp';
import { appScheme, type PageOrigin } from './page-origin';

/** The page may write to the clipboard after a click, and nothing else. */
export const mayUse = (
  origin: PageOrigin,
  permission: string,
  requestingUrl: string,
  isMainFrame: boolean,
): boolean => permission === 'clipboard-sanitized-write' && isMainFrame && origin.owns(requestingUrl);

/** May the page load from this address? Its own scheme, what it made itself, developer tools, and the development server. */
export function mayRequest(origin: PageOrigin, address: string): boolean {
  if (origin.owns(address)) return true;
  const { protocol, host } = new URL(address);
  if (['blob:', 'data:', 'devtools:', 'chrome-extension:'].includes(protocol)) return true;
  return (
    origin.devServer !== null &&
    (protocol === `${appScheme}:` || (protocol === 'ws:' && host === origin.devServer.host))
  );
}

/** May this be saved as a file? Only what the page made itself; the system asks the person where. */
export const mayDownload = (origin: PageOrigin, address: string): boolean =>
  address.startsWith('blob:') && origin.owns(address.slice('blob:'.length));

/** Denies every permission and device, and every request and download that is not the page's own. */
export function setupPermissions(target: Session, origin: PageOrigin): void {
  target.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(mayUse(origin, permission, details.requestingUrl, details.isMainFrame));
  });
  target.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) =>
    mayUse(origin, permission, requestingOrigin, details.isMainFrame),
  );
  target.setDevicePermissionHandler(() => false);
  target.setSpellCheckerEnabled(false);
  target.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !mayRequest(origin, details.url) });
  });
  target.on('will-download', (event, item) => {
    if (!mayDownload(origin, item.getURL())) event.preventDefault();
  });
  const { devServer } = origin;
  if (devServer) {
    target.webRequest.onHeadersReceived({ urls: [`${devServer.origin}/*`] }, (details, answer) => {
      answer({
        responseHeaders: {
          ...details.responseHeaders,
          'content-security-policy': [contentSecurityPolicy('', devServer)],
        },
      });
    });
  }
}
