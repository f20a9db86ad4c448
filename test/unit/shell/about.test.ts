import { expect, test, vi } from 'vitest';
import { aboutOptions } from '../../../app/shell/about';

vi.mock('electron', () => ({ dialog: {} }));

const info = {
  version: '1.2.3',
  electron: '25.1.1',
  chromium: '114',
  node: '18.15.0',
  onnxruntime: '1.30.0',
  platform: 'linux',
  totalMemoryBytes: 1,
  cpuCount: 1,
} as const;

test('About names the versions, and the fallback only where it runs', () => {
  const usual = aboutOptions({ ...info, isFallbackRuntime: false });
  expect(usual.message).toBe('Slipway 1.2.3');
  expect(usual.detail).toContain('Electron 25.1.1');
  expect(usual.detail).toContain('ONNX Runtime 1.30.0');
  expect(usual.detail).not.toContain('fallback');
  expect(aboutOptions({ ...info, isFallbackRuntime: true }).detail).toContain('fallback Electron');
});
