import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainDetail } from '../../../main/runner/plain-detail';

const secret = join(tmpdir(), 'someone', 'models', '3');

test.each([
  [
    `Load model from ${secret}/model.onnx failed:Protobuf parsing failed.`,
    'Load model from model.onnx failed:Protobuf parsing failed.',
  ],
  [
    `External data path does not exist: "${secret}/my weights.bin"`,
    'External data path does not exist: "my weights.bin"',
  ],
  [
    `ENOENT: no such file or directory, open '${secret}/labels.txt'`,
    "ENOENT: no such file or directory, open 'labels.txt'",
  ],
  [
    `resolved path: "${secret}" allowed directory: "${tmpdir()}"`,
    `resolved path: "3" allowed directory: "${basename(tmpdir())}"`,
  ],
  [
    '/onnxruntime_src/onnxruntime/core/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const Config&)::<lambda()> Failed to get a WebGPU adapter',
    'Failed to get a WebGPU adapter',
  ],
  [`failed:${secret}/x, then (${secret}/y)`, 'failed:x, then (y)'],
  ['open "C:\\Users\\Ann Lee\\m.onnx" failed', 'open "m.onnx" failed'],
  ['open C:\\Users\\ann\\m.onnx failed, or D:/models/m.onnx', 'open m.onnx failed, or m.onnx'],
  ['on \\\\server\\share\\m.onnx', 'on m.onnx'],
])('paths of a machine keep their last part: %s', (said, plain) => {
  expect(plainDetail(said)).toBe(plain);
});

test.each([
  "Non-zero status code returned while running Conv node. Name:'/conv1/Conv' Status Message: bad",
  'In Node, ("/layer1/0/Add", Add, "", -1) : ("x": tensor(float),) -> ("y",)',
  'See https://github.com/onnx/onnx/blob/main/docs/IR.md, and 3/4 of a/b',
  'Attempting to broadcast 2 by 3',
])('what only looks like a path stays: %s', (said) => {
  expect(plainDetail(said)).toBe(said);
});

test.each([
  [
    'Load model from model.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:191 onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::PathString&, const std::function<void(int)>&) Missing opset in the model.',
    'Load model from model.onnx failed:Missing opset in the model.',
  ],
  [
    'Status Message: /onnxruntime_src/onnxruntime/core/providers/cpu/math/element_wise_ops.h:563 void onnxruntime::BroadcastIterator::Init(ptrdiff_t, ptrdiff_t) axis == 1 was false. 2 by 3',
    'Status Message: axis == 1 was false. 2 by 3',
  ],
  [
    'Error: tensorprotoutils.cc:461 ValidateExternalDataPathFromDir External data path does not exist',
    'Error: External data path does not exist',
  ],
  ['x.cc:7 T* f::g(int) const [with T = float; U = std::vector<int>] it was null', 'it was null'],
])('places in a library’s sources and C++ signatures go: %s', (said, plain) => {
  expect(plainDetail(said)).toBe(plain);
});

test('whatever is said, a path below a folder that exists is not repeated, and nothing is thrown', () => {
  const noise = fc.string({ maxLength: 40, unit: fc.constantFrom(...`ab :"'/\\().cc:1,[]`) });
  fc.assert(
    fc.property(noise, noise, (before, after) => {
      const said = plainDetail(`${before} ${secret}/m.onnx ${after}`);
      expect(said).not.toContain(`${tmpdir()}/someone`);
    }),
    { numRuns: 500 },
  );
});
