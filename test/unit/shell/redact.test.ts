import { expect, test } from 'vitest';
import { redactHome, redactPaths } from '../../../app/shell/redact';

test('a log names the home folder as ~', () => {
  expect(redactHome('open /home/ada/models/1', '/home/ada')).toBe('open ~/models/1');
});

test('what leaves the process keeps only the last part of a path', () => {
  expect(redactPaths("ENOENT: no such file, open '/home/ada/my models/1/model.onnx'")).not.toContain('ada');
  expect(redactPaths('C:\\Users\\Ada\\model.onnx is gone')).toBe('model.onnx is gone');
  expect(redactPaths('12 of 24 (1/2) failed')).toBe('12 of 24 (1/2) failed');
});
