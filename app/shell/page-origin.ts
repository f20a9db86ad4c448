/** The address the page is loaded from: the app's own scheme, or Vite's server during development. */
export interface PageOrigin {
  readonly url: string;
  /** Set during development only. */
  readonly devServer: URL | null;
  /** Does this address belong to the page? Empty and `about:` addresses do not. */
  owns(address: string): boolean;
}

export const appScheme = 'slipway';
export const appHost = 'app';

/** `devServerUrl` counts only in an unpackaged app. */
export function createPageOrigin(devServerUrl: string | undefined, isPackaged: boolean): PageOrigin {
  const devServer = devServerUrl && !isPackaged ? new URL(devServerUrl) : null;
  const url = devServer?.href ?? `${appScheme}://${appHost}/`;
  const own = new URL(url);
  return {
    url,
    devServer,
    owns(address) {
      const other = parse(address);
      // `origin` is "null" for every address of a scheme of one's own, so its parts are compared
      return other !== null && other.protocol === own.protocol && other.host === own.host;
    },
  };
}

function parse(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
