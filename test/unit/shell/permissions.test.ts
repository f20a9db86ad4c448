import { expect, test } from 'vitest';
import { createPageOrigin } from '../../../app/shell/page-origin';
import { mayDownload, mayRequest, mayUse } from '../../../app/shell/permissions';

const origin = createPageOrigin(undefined, true);
const page = 'slipway://app/';

test('the page may write to the clipboard and nothing else', () => {
  expect(mayUse(origin, 'clipboard-sanitized-write', page, true)).toBe(true);
  for (const permission of [
    'clipboard-read',
    'notifications',
    'geolocation',
    'media',
    'midi',
    'openExternal',
    'fileSystem',
  ])
    expect(mayUse(origin, permission, page, true), permission).toBe(false);
});

test('a frame inside the page and another origin get no permission at all', () => {
  expect(mayUse(origin, 'clipboard-sanitized-write', page, false)).toBe(false);
  expect(mayUse(origin, 'clipboard-sanitized-write', 'https://example.com/', true)).toBe(false);
});

test('only the app itself is requested: no remote host, no local server, no file', () => {
  for (const address of ['slipway://app/index.html', 'blob:slipway://app/1', 'data:image/png;base64,AA'])
    expect(mayRequest(origin, address), address).toBe(true);
  for (const address of [
    'https://example.com/',
    'http://127.0.0.1:8501/',
    'file:///etc/passwd',
    'slipway://other/',
  ])
    expect(mayRequest(origin, address), address).toBe(false);
});

test('during development the server and its socket are requested too, and no other socket', () => {
  const development = createPageOrigin('http://localhost:5173/', false);
  expect(mayRequest(development, 'ws://localhost:5173/')).toBe(true);
  expect(mayRequest(development, 'slipway://app/pictures/1/view')).toBe(true);
  expect(mayRequest(development, 'ws://localhost:5174/')).toBe(false);
  expect(mayRequest(development, 'https://example.com/')).toBe(false);
});

test('only what the page made itself is saved as a file', () => {
  expect(mayDownload(origin, 'blob:slipway://app/1')).toBe(true);
  for (const address of [
    'blob:https://example.com/1',
    'blob:slipway://other/1',
    'slipway://app/index.html',
    'https://example.com/x.zip',
    'data:text/csv,a',
    'blob:',
  ])
    expect(mayDownload(origin, address), address).toBe(false);
});
