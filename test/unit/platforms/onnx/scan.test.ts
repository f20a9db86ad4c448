import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Writer } from 'protobufjs/minimal';
import { beforeEach, describe, expect, test } from 'vitest';
import { AppError, type ErrorCode } from '../../../../app/base/errors';
import { newestIrVersion, newestOpset, scanModel } from '../../../../main/platforms/onnx/runner/scan';
import { lfsPointerText } from '../../../support/lfs-pointer';
import { classifierModel } from '../../../support/onnx-classifiers';
import { inferModel } from '../../../support/onnx-inference';
import { type AttributeSpec, type ModelSpec, onnxModel, type TensorSpec } from '../../../support/onnx-writer';
import { temporaryFolder } from '../../../support/temp-folder';

const temporary = temporaryFolder();
let folder = '';
let path = '';
beforeEach(() => {
  folder = temporary.path;
  path = join(folder, 'model.onnx');
});

const good = classifierModel({ shape: [1, 3, 32, 32] });

function scanned(bytes: Uint8Array | string): ReturnType<typeof scanModel> {
  writeFileSync(path, bytes);
  return scanModel(path);
}

function refusal(bytes: Uint8Array | string): AppError {
  try {
    scanned(bytes);
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
    throw thrown;
  }
  throw new Error('The file was not refused');
}

test('a good model passes, and tells what it is', () => {
  const { file, bytes } = scanned(
    onnxModel({
      ...good,
      producer: 'pytorch',
      metadata: { labels: '["a"]' },
      opsets: { '': 13, 'com.microsoft': 1 },
    }),
  );
  expect(file).toMatchObject({
    producer: 'pytorch',
    irVersion: 8,
    metadata: { labels: '["a"]' },
    opsets: [
      { domain: '', version: 13 },
      { domain: 'com.microsoft', version: 1 },
    ],
  });
  expect(bytes).toBe(
    onnxModel({
      ...good,
      producer: 'pytorch',
      metadata: { labels: '["a"]' },
      opsets: { '': 13, 'com.microsoft': 1 },
    }).length,
  );
});

describe('files that are no ONNX model', () => {
  test.each<[string, Uint8Array | string, ErrorCode]>([
    ['nothing', '', 'MODEL_FILE_EMPTY'],
    ['a Git LFS pointer', lfsPointerText(), 'MODEL_FILE_IS_LFS_POINTER'],
    ['a text', 'This is not a model.\n', 'MODEL_FILE_NOT_ONNX'],
    ['a web page', '<!DOCTYPE html><html><body>404</body></html>', 'MODEL_FILE_NOT_ONNX'],
    ['a ZIP archive', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0), 'MODEL_FILE_NOT_ONNX'],
    [
      'a TensorFlow Lite model',
      Uint8Array.from([0x1c, 0, 0, 0, ...Buffer.from('TFL3'), 0]),
      'MODEL_FILE_NOT_ONNX',
    ],
    ['an .ort model', Uint8Array.from([0x1c, 0, 0, 0, ...Buffer.from('ORTM'), 0]), 'MODEL_FILE_NOT_ONNX'],
    ['noise', Uint8Array.of(0xff, 0xfe, 0xfd, 0xfc), 'MODEL_FILE_NOT_ONNX'],
    ['a protocol buffer without a graph', Uint8Array.of(0x08, 0x08), 'MODEL_FILE_NOT_ONNX'],
  ])('%s', (_what, bytes, code) => {
    expect(refusal(bytes).code).toBe(code);
  });

  test('the format is told where it is known', () => {
    expect(refusal('plain words').params['format']).toBe('text');
  });

  test('no file', () => {
    expect(() => scanModel(path)).toThrow(expect.objectContaining({ code: 'MODEL_FILE_MISSING' }));
  });

  test('a folder in the file’s place', () => {
    mkdirSync(path);
    expect(() => scanModel(path)).toThrow(expect.objectContaining({ code: 'MODEL_FILE_UNREADABLE' }));
  });
});

test('a file cut anywhere is truncated, or where nothing but the end is missing, refused otherwise or whole', () => {
  const whole = onnxModel({ ...good, metadata: { labels: '["a", "b"]' } });
  const codes = new Map<string, number>();
  for (let length = 3; length < whole.length; length += 7) {
    writeFileSync(path, whole.subarray(0, length));
    let code = 'passed';
    try {
      scanModel(path);
    } catch (thrown) {
      code = AppError.from(thrown).code;
    }
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  expect(
    [...codes.keys()].filter(
      (code) => !['MODEL_FILE_TRUNCATED', 'MODEL_FILE_NOT_ONNX', 'passed'].includes(code),
    ),
  ).toEqual([]);
  expect(codes.get('MODEL_FILE_TRUNCATED')).toBeGreaterThan(50);
  expect(codes.get('passed') ?? 0).toBeLessThan(5); // cut exactly between two trailing fields
});

describe('operators', () => {
  const withNode = (domain: string, op: string, extra: Partial<ModelSpec> = {}): Uint8Array =>
    onnxModel({
      ...good,
      nodes: [...good.nodes, { op, domain, inputs: ['output'], outputs: ['more'] }],
      ...extra,
    });

  test('of an unknown domain are named', () => {
    expect(refusal(withNode('my.company', 'Whiten'))).toMatchObject({
      code: 'MODEL_CUSTOM_OPERATORS',
      params: { operators: 'my.company.Whiten' },
    });
  });

  test('inside a branch are found too', () => {
    const inner = {
      inputs: [],
      outputs: [{ name: 'o', shape: [1] }],
      nodes: [{ op: 'Odd', domain: 'x.y', inputs: [], outputs: ['o'] }],
    };
    const branch = {
      op: 'If',
      inputs: ['output'],
      outputs: ['more'],
      attributes: { then_branch: { graph: inner } },
    };
    expect(refusal(onnxModel({ ...good, nodes: [...good.nodes, branch] })).params['operators']).toBe(
      'x.y.Odd',
    );
  });

  test('that the file defines itself are fine', () => {
    const functions = [{ domain: 'my.company', name: 'Whiten' }];
    expect(scanned(withNode('my.company', 'Whiten', { functions })).file.functions.size).toBe(1);
    expect(refusal(withNode('my.company', 'Blacken', { functions })).code).toBe('MODEL_CUSTOM_OPERATORS');
  });

  test.each(['', 'ai.onnx.ml', 'com.microsoft'])('of the domain "%s" are onnxruntime’s', (domain) => {
    expect(scanned(withNode(domain, 'Any')).file.graph?.nodes.at(-1)?.domain).toBe(domain);
  });

  test('of an opset that is not out yet are refused, of an old one not', () => {
    expect(refusal(onnxModel({ ...good, opsets: { '': newestOpset + 1 } }))).toMatchObject({
      code: 'MODEL_OPSET_UNSUPPORTED',
      params: { what: 'opset', found: String(newestOpset + 1) },
    });
    expect(refusal(onnxModel({ ...good, irVersion: newestIrVersion + 1 })).code).toBe(
      'MODEL_OPSET_UNSUPPORTED',
    );
    expect(scanned(onnxModel({ ...good, opsets: { '': 1 } })).file.opsets).toEqual([
      { domain: '', version: 1 },
    ]);
  });
});

describe('weights', () => {
  const withTensor = (tensor: Omit<TensorSpec, 'name'>): Uint8Array =>
    onnxModel({ ...good, initializers: [...(good.initializers ?? []), { name: 'w', ...tensor }] });

  test('in a file beside the model count towards its size', () => {
    writeFileSync(join(folder, 'model.onnx.data'), new Uint8Array(400));
    const bytes = withTensor({
      dims: [100],
      external: { location: 'model.onnx.data', offset: 0, length: 400 },
    });
    expect(scanned(bytes).bytes).toBe(bytes.length + 400);
  });

  test('in a file that is not there', () => {
    expect(refusal(withTensor({ dims: [100], external: { location: 'model.onnx.data' } }))).toMatchObject({
      code: 'MODEL_EXTERNAL_DATA_MISSING',
      params: { file: 'model.onnx.data' },
    });
  });

  test('in a file that ends too early', () => {
    writeFileSync(join(folder, 'w.bin'), new Uint8Array(399));
    expect(refusal(withTensor({ dims: [100], external: { location: 'w.bin', length: 400 } }))).toMatchObject({
      code: 'MODEL_FILE_TRUNCATED',
      params: { file: 'w.bin' },
    });
  });

  test('in a file that is only a Git LFS pointer', () => {
    writeFileSync(join(folder, 'model.onnx.data'), lfsPointerText(400));
    const tensor = { dims: [100], external: { location: 'model.onnx.data' } };
    expect(refusal(withTensor(tensor))).toMatchObject({
      code: 'MODEL_FILE_IS_LFS_POINTER',
      params: { file: 'model.onnx.data' },
    });
  });

  test.each(['../secret.bin', '/etc/passwd', 'a/../../secret.bin', 'C:\\secret.bin', ''])(
    'at %j are out of bounds',
    (location) => {
      expect(refusal(withTensor({ dims: [1], external: { location } })).code).toBe(
        'MODEL_EXTERNAL_DATA_LEAVES_FOLDER',
      );
    },
  );

  test.each(['w\0.bin', 'w'.repeat(300)])(
    'under a name that no file can have are missing (%#)',
    (location) => {
      expect(refusal(withTensor({ dims: [1], external: { location } })).code).toBe(
        'MODEL_EXTERNAL_DATA_MISSING',
      );
    },
  );

  test('behind a link that leads out of the folder are out of bounds', () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'w.bin'), new Uint8Array(4));
    symlinkSync(join(outside, 'w.bin'), join(folder, 'w.bin'));
    expect(refusal(withTensor({ dims: [1], external: { location: 'w.bin' } })).code).toBe(
      'MODEL_EXTERNAL_DATA_LEAVES_FOLDER',
    );
    rmSync(outside, { recursive: true });
  });

  test.each<[string, Omit<TensorSpec, 'name'>]>([
    ['negative dimensions', { dims: [-4], values: [1] }],
    ['more elements than there are numbers', { dims: [4_000_000_000, 4_000_000_000], values: [1] }],
    ['fewer bytes than their shape needs', { dims: [4], values: [1, 2, 3] }],
    ['more bytes than their shape needs', { dims: [2], values: [1, 2, 3] }],
  ])('with %s are damaged', (_what, tensor) => {
    expect(refusal(withTensor(tensor)).code).toBe('MODEL_FILE_DAMAGED');
  });

  test('with an offset before the file’s beginning are damaged', () => {
    writeFileSync(join(folder, 'w.bin'), new Uint8Array(8));
    expect(refusal(withTensor({ dims: [1], external: { location: 'w.bin', offset: -4 } })).code).toBe(
      'MODEL_FILE_DAMAGED',
    );
  });
});

describe('weights in files outside of the folder are found wherever a file may hold a tensor', () => {
  const outside: TensorSpec = { name: 'w', dims: [1], external: { location: '../../secret.bin' } };
  const constant = (value: AttributeSpec) => ({
    op: 'Constant',
    inputs: [],
    outputs: ['c'],
    attributes: { value },
  });
  const graph = { inputs: [], outputs: [], nodes: [], initializers: [outside] };
  const functions = [{ domain: 'my.company', name: 'Whiten' }];
  test.each<[string, Partial<ModelSpec>]>([
    ['an initializer', { initializers: [...(good.initializers ?? []), outside] }],
    ['a constant', { nodes: [...good.nodes, constant({ tensor: outside })] }],
    ['a list of tensors', { nodes: [...good.nodes, constant({ tensors: [outside] })] }],
    ['a sparse constant', { nodes: [...good.nodes, constant({ sparse: outside })] }],
    ['a sparse initializer', { sparse: [outside] }],
    ['a branch', { nodes: [...good.nodes, constant({ graph })] }],
    ['a function of the file', { functions: [{ ...functions[0], nodes: [constant({ tensor: outside })] }] }],
    ['a branch in a function', { functions: [{ ...functions[0], nodes: [constant({ graph })] }] }],
    [
      'an attribute of a function',
      { functions: [{ ...functions[0], attributes: { a: { tensor: outside } } }] },
    ],
    ['a training', { training: graph }],
  ] as [string, Partial<ModelSpec>][])('%s', (_where, extra) => {
    expect(refusal(onnxModel({ ...good, ...extra })).code).toBe('MODEL_EXTERNAL_DATA_LEAVES_FOLDER');
  });
});

describe('files with more parts than any model has are refused within a moment', () => {
  const beginning = onnxModel(good);
  /** Empty messages of a field, one after the other. */
  const repeated = (tag: readonly number[], count: number): Uint8Array => {
    const bytes = new Uint8Array(beginning.length + count * (tag.length + 1));
    bytes.set(beginning);
    for (let at = beginning.length; at < bytes.length; at += tag.length + 1) bytes.set(tag, at);
    return bytes;
  };
  test.each([
    ['operator sets', [0x42]],
    ['metadata', [0x72]],
    ['functions', [0xca, 0x01]],
    ['trainings', [0xa2, 0x01]],
  ] as const)('%s', (_what, tag) => {
    expect(refusal(repeated(tag, 1_000_001)).code).toBe('MODEL_FILE_TOO_INTRICATE');
  });

  test('fields that say nothing', () => {
    expect(refusal(repeated([0x28], 10_000_001)).code).toBe('MODEL_FILE_TOO_INTRICATE');
  });

  test.each([
    ['inputs', 'input'],
    ['initializers', 'initializer'],
    ['nodes', 'node'],
  ])('%s of a graph', (_what, field) => {
    const tag = { input: 0x5a, initializer: 0x2a, node: 0x0a }[field] ?? 0;
    const inner = new Uint8Array(2_000_002);
    for (let at = 0; at < inner.length; at += 2) inner[at] = tag;
    const graph = Writer.create().uint32(0x08).int32(8).uint32(0x3a).bytes(inner).finish();
    expect(refusal(graph).code).toBe('MODEL_FILE_TOO_INTRICATE');
  });
});

test('a graph that goes in circles is looked through to an end', () => {
  const circle: ModelSpec = {
    ...good,
    nodes: [
      { op: 'Identity', inputs: ['b'], outputs: ['a'] },
      { op: 'Identity', inputs: ['a'], outputs: ['b'] },
      { op: 'Sub', inputs: ['input', 'a'], outputs: ['scores'] },
      { op: 'Conv', inputs: ['input', 'b'], outputs: ['output'] },
    ],
  };
  expect(inferModel(circle).ok).toBeDefined();
});

describe('whatever the bytes', () => {
  const whole = onnxModel({ ...good, metadata: { labels: '["a", "b"]' } });
  const answer = (bytes: Uint8Array): string => {
    writeFileSync(path, bytes);
    try {
      scanModel(path);
      return 'passed';
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown; // a bug, not an answer
      expect(JSON.stringify(thrown.toWire())).not.toContain(folder);
      return thrown.code;
    }
  };
  const known = /^(passed|MODEL_(FILE|EXTERNAL|CUSTOM|OPSET)_\w+)$/;

  test('noise ends in an error of ours, within a moment', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => known.test(answer(bytes))),
      { numRuns: 400 },
    );
  });

  test('noise behind the beginning of a model too', () => {
    fc.assert(
      fc.property(fc.nat({ max: whole.length }), fc.uint8Array({ maxLength: 300 }), (cut, noise) =>
        known.test(answer(Uint8Array.from([...whole.subarray(0, cut), ...noise]))),
      ),
      { numRuns: 400 },
    );
  });

  test('a model with some bytes changed too', () => {
    const changes = fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(changes, (edits) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of edits) bytes[at] = value;
        return known.test(answer(bytes));
      }),
      { numRuns: 600 },
    );
  });

  test('graphs within graphs without end are refused', () => {
    let graph: ModelSpec = { inputs: [], outputs: [], nodes: [] };
    for (let depth = 0; depth < 40; depth++) {
      graph = {
        inputs: [],
        outputs: [],
        nodes: [{ op: 'If', inputs: [], outputs: [], attributes: { then_branch: { graph } } }],
      };
    }
    expect(answer(onnxModel(graph))).toBe('MODEL_FILE_TOO_INTRICATE');
  });
});
