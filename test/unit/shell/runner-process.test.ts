import { expect, test, vi } from 'vitest';
import { exitFrom } from '../../../app/shell/runner-process';

vi.mock('electron', () => ({ app: {}, utilityProcess: {} }));

test.skipIf(process.platform === 'win32')('a signal is told by name, though Electron brings code 0', () => {
  expect(exitFrom(0, { reason: 'killed', exitCode: 9 })).toEqual({ code: null, signal: 'SIGKILL' });
  expect(exitFrom(0, { reason: 'crashed', exitCode: 11 })).toEqual({ code: null, signal: 'SIGSEGV' });
});

test('an end of its own keeps its code', () => {
  expect(exitFrom(0, undefined)).toEqual({ code: 0, signal: null });
  expect(exitFrom(3, undefined)).toEqual({ code: 3, signal: null });
  expect(exitFrom(0, { reason: 'abnormal-exit', exitCode: 7 })).toEqual({ code: 7, signal: null });
});
