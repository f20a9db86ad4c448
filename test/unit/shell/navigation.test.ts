import { describe, expect, test, vi } from 'vitest';
import { isAllowedLink, mayNavigate, setupNavigation } from '../../../app/shell/navigation';
import { createPageOrigin } from '../../../app/shell/page-origin';

type Listener = (...args: unknown[]) => void;
const electron = vi.hoisted(() => ({
  created: undefined as ((event: unknown, contents: unknown) => void) | undefined,
}));
vi.mock('electron', () => ({
  app: {
    on: (_name: string, listener: (event: unknown, contents: unknown) => void) => {
      electron.created = listener;
    },
  },
}));

const packaged = createPageOrigin(undefined, true);
const development = createPageOrigin('http://localhost:5173/', false);

describe('links to the browser', () => {
  test.each(['https://onnxruntime.ai/docs', 'https://github.com/onnx/models'])(
    '%s is one of ours',
    (address) => {
      expect(isAllowedLink(address)).toBe(true);
    },
  );

  test.each([
    'http://github.com/',
    'https://github.com.evil.example/',
    'https://evil.example/?https://github.com/',
    'https://github.com@evil.example/',
    'https://user:secret@github.com/',
    'https://github.com:8443/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'ms-msdt:/id',
    '',
  ])('"%s" is refused', (address) => {
    expect(isAllowedLink(address)).toBe(false);
  });
});

test('the page never navigates, except that it reloads itself during development', () => {
  expect(mayNavigate(packaged, 'slipway://app/')).toBe(false);
  expect(mayNavigate(development, 'http://localhost:5173/')).toBe(true);
  expect(mayNavigate(development, 'https://example.com/')).toBe(false);
});

test('every page that comes to be is guarded: navigation, redirects, frames, web views and windows', () => {
  setupNavigation(packaged);
  const listeners = new Map<string, Listener>();
  let openWindow: (() => { action: string }) | undefined;
  electron.created?.(undefined, {
    on: (name: string, listener: Listener) => listeners.set(name, listener),
    setWindowOpenHandler: (handler: () => { action: string }) => {
      openWindow = handler;
    },
  });
  const isPrevented = (name: string, event: object, ...rest: unknown[]): boolean => {
    const preventDefault = vi.fn();
    listeners.get(name)?.({ preventDefault, ...event }, ...rest);
    return preventDefault.mock.calls.length > 0;
  };
  expect(isPrevented('will-navigate', {}, 'https://example.com/')).toBe(true);
  expect(isPrevented('will-redirect', {})).toBe(true);
  expect(isPrevented('will-frame-navigate', { isMainFrame: false })).toBe(true);
  expect(isPrevented('will-attach-webview', {})).toBe(true);
  expect(openWindow?.()).toEqual({ action: 'deny' });
});
