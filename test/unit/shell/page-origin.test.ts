import { describe, expect, test } from 'vitest';
import { createPageOrigin } from '../../../app/shell/page-origin';

describe('the packaged page', () => {
  const origin = createPageOrigin('http://localhost:5173/', true);

  test('is loaded from our scheme, whatever the environment says', () => {
    expect(origin.url).toBe('slipway://app/');
    expect(origin.devServer).toBeNull();
  });

  test.each(['slipway://app/', 'slipway://app/index.html', 'slipway://app/#/models'])(
    'owns %s',
    (address) => {
      expect(origin.owns(address)).toBe(true);
    },
  );

  test.each([
    '',
    'about:blank',
    'about:srcdoc',
    'slipway://other/',
    'slipway://app.evil/',
    'slipway://app:1/',
    'http://localhost:5173/',
    'https://app/',
    'file:///app/index.html',
    'data:text/html,hello',
    'no address',
  ])('does not own "%s"', (address) => {
    expect(origin.owns(address)).toBe(false);
  });
});

test('during development the page is the server, and another port is not', () => {
  const origin = createPageOrigin('http://localhost:5173/', false);
  expect(origin.owns('http://localhost:5173/models')).toBe(true);
  expect(origin.owns('http://localhost:5174/')).toBe(false);
  expect(origin.owns('slipway://app/')).toBe(false);
});
