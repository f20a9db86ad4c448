import { expect, test } from 'vitest';
import { contentSecurityPolicy } from '../../../app/shell/csp';

const directive = (policy: string, name: string): string[] =>
  policy
    .split('; ')
    .find((part) => part.startsWith(`${name} `))
    ?.split(' ')
    .slice(1) ?? [];

test('the policy allows our own files, styles with the nonce, and nothing that is not named', () => {
  expect(contentSecurityPolicy('abc')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-abc'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
});

test('only a development server adds its origin, its socket and inline code', () => {
  const policy = contentSecurityPolicy('', new URL('http://localhost:5173/'));
  expect(directive(policy, 'connect-src')).toEqual([
    "'self'",
    'http://localhost:5173',
    'ws://localhost:5173',
  ]);
  expect(directive(policy, 'script-src')).toContain("'unsafe-inline'");
  expect(directive(policy, 'form-action')).toEqual(["'none'"]);
});
