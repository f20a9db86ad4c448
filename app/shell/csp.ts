/** The page's Content-Security-Policy. A development server adds its own origin, its socket and its inline scripts. */
export function contentSecurityPolicy(nonce: string, devServer: URL | null = null): string {
  const dev = devServer ? [devServer.origin] : [];
  const socket = devServer ? [`ws://${devServer.host}`] : [];
  const directives: Readonly<Record<string, readonly string[]>> = {
    'default-src': ["'none'"],
    'script-src': ["'self'", ...dev, ...(devServer ? ["'unsafe-inline'"] : [])],
    'style-src': ["'self'", ...dev, devServer ? "'unsafe-inline'" : `'nonce-${nonce}'`],
    'img-src': ["'self'", 'data:', 'blob:', ...(devServer ? ['slipway:'] : [])],
    'font-src': ["'self'", ...dev],
    'connect-src': ["'self'", ...dev, ...socket],
    'worker-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}
