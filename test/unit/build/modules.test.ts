import { expect, test } from 'vitest';
import { parseMissing } from '../../../build/libraries.mjs';
import { modulesAreCurrent } from '../../../build/modules.mjs';

const wanted = {
  '': { version: '1.0.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/b-win32': { version: '2.0.0', integrity: 'sha512-b', optional: true },
};

test('modules count as installed when npm left exactly what the lock file wants', () => {
  expect(modulesAreCurrent(wanted, { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } })).toBe(
    true,
  );
});

test('a missing module, another version, another content or no install at all does not count', () => {
  expect(modulesAreCurrent(wanted, {})).toBe(false);
  expect(modulesAreCurrent(wanted, { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } })).toBe(
    false,
  );
  expect(modulesAreCurrent(wanted, { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } })).toBe(
    false,
  );
  expect(modulesAreCurrent(wanted, undefined)).toBe(false);
});

test('a package for this system that is there must be the wanted one', () => {
  const installed = {
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/b-win32': { version: '1.9.0', integrity: 'sha512-b' },
  };
  expect(modulesAreCurrent(wanted, installed)).toBe(false);
});

test('the libraries that the loader does not find are named', () => {
  const output = `\tlinux-vdso.so.1 (0x00007ffd)
\tlibgtk-3.so.0 => not found
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)
\tlibnss3.so => not found
`;
  expect(parseMissing(output)).toEqual(['libgtk-3.so.0', 'libnss3.so']);
});
