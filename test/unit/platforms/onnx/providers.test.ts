import { describe, expect, test } from 'vitest';
import type { ExecutionProvider } from '../../../../app/contract/running';
import { openOn, type TriedSession } from '../../../../main/platforms/onnx/runner/providers';
import type { Tensor } from '../../../../main/runner/tensor';

type Tensors = Readonly<Record<string, Tensor>>;
const floats = (...numbers: number[]): Tensor => ({
  dtype: 'float32',
  shape: [1, numbers.length],
  data: Float32Array.from(numbers),
});
const kernel = (provider: string, dur: number) => ({
  cat: 'Node',
  name: `n${dur}_kernel_time`,
  dur,
  args: { provider },
});
const profile = JSON.stringify([
  { cat: 'Session', name: 'model_loading_uri', dur: 5, args: {} },
  kernel('WebGpuExecutionProvider', 2_000),
  kernel('CPUExecutionProvider', 500),
  kernel('WebGpuExecutionProvider', 1_000),
]);

type Answers = Partial<Record<ExecutionProvider, Tensors | { run: string } | string>>;

/** A runtime with these providers: what each answers, or the words with which it refuses. */
class FakeRuntime {
  readonly fed: Tensors[] = [];
  readonly opened: string[] = [];
  readonly closed: string[] = [];
  dtype = 'float32';
  readonly answers: Answers;
  readonly listed: readonly string[] = ['cpu', 'webgpu', 'cuda'];
  constructor(answers: Answers) {
    this.answers = answers;
  }
  readonly explain = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : '');
  readonly open = async (provider: ExecutionProvider, isProfiled: boolean): Promise<TriedSession> => {
    const answer = this.answers[provider];
    if (answer === undefined || typeof answer === 'string') throw new Error(answer);
    this.opened.push(`${provider}${isProfiled ? ' profiled' : ''}`);
    const failure = 'run' in answer && typeof answer.run === 'string' ? answer.run : undefined;
    return {
      inputs: [{ name: 'x', dtype: this.dtype, shape: ['n', 4] }],
      run: async (feeds) => {
        if (failure !== undefined) throw new Error(failure);
        this.fed.push(feeds);
        return answer as Tensors;
      },
      takeProfile: async () => (isProfiled ? profile : ''),
      close: async () => void this.closed.push(provider),
    };
  };
}

describe('what runs a model', () => {
  test('cpu is not tried', async () => {
    const runtime = new FakeRuntime({ cpu: { y: floats(1, 2) } });
    const { report, warnings } = await openOn('cpu', runtime);
    expect(report).toEqual({
      asked: 'cpu',
      used: 'cpu',
      listed: ['cpu', 'webgpu', 'cuda'],
      parts: [],
      agreement: null,
    });
    expect(warnings).toEqual([]);
    expect(runtime.opened).toEqual(['cpu']);
    expect(runtime.fed).toEqual([]);
  });

  test('another tells what it ran, and how near it came to cpu, which is closed again', async () => {
    const runtime = new FakeRuntime({
      cpu: { y: floats(-4, 2), none: floats(0) },
      webgpu: { y: floats(-4.02, 2), none: floats(0) },
    });
    const { report, warnings } = await openOn('webgpu', runtime);
    expect(report).toMatchObject({
      asked: 'webgpu',
      used: 'webgpu',
      parts: [
        { provider: 'WebGpuExecutionProvider', operators: 2, ms: 3 },
        { provider: 'CPUExecutionProvider', operators: 1, ms: 0.5 },
      ],
      agreement: { tolerance: 0.01, agrees: true },
    });
    expect(report.agreement?.difference).toBeCloseTo(0.005, 5);
    expect(warnings).toEqual([]);
    expect(runtime.opened).toEqual(['webgpu profiled', 'cpu']);
    expect(runtime.closed).toEqual(['cpu']);
    const [own, reference] = runtime.fed;
    expect(reference).toEqual(own);
    expect(new Set(Array.from((own?.['x']?.data as Float32Array) ?? [])).size).toBe(4);
  });

  test.each([
    ['numbers', { y: floats(-4, 2.5) }],
    ['a number that is none', { y: floats(-4, Number.NaN) }],
    ['a shape', { y: floats(-4) }],
    ['an output', {}],
    ['words', { y: { dtype: 'string', shape: [1, 2], data: ['a', 'b'] } }],
  ])('one that differs from cpu in %s stays, and is warned of', async (_what, answer: Tensors) => {
    const { report, warnings } = await openOn(
      'cuda',
      new FakeRuntime({ cpu: { y: floats(-4, 2) }, cuda: answer }),
    );
    expect(report).toMatchObject({ asked: 'cuda', used: 'cuda', agreement: { agrees: false } });
    expect(warnings).toMatchObject([{ reason: 'warnProviderDisagrees', params: { asked: 'cuda' } }]);
  });

  test.each([
    [
      'is not in this build',
      'coreml',
      {},
      'warnProviderNotListed',
      { asked: 'coreml', listed: 'cpu, webgpu, cuda' },
    ],
    ['cannot open the model', 'cuda', { cuda: 'no device' }, 'warnProviderFailed', { detail: 'no device' }],
    [
      'cannot run it',
      'cuda',
      { cuda: { run: 'out of memory' } },
      'warnProviderFailed',
      { detail: 'out of memory' },
    ],
  ] as const)(
    'where one %s, cpu runs the model and a warning says so',
    async (_what, asked, answers, reason, params) => {
      const runtime = new FakeRuntime({ cpu: { y: floats(1) }, ...answers });
      const { report, warnings, session } = await openOn(asked, runtime);
      expect(report).toMatchObject({ asked, used: 'cpu', parts: [], agreement: null });
      expect(warnings).toMatchObject([{ reason, params }]);
      await session.close();
      expect(runtime.closed.at(-1)).toBe('cpu');
      expect(runtime.closed.length).toBe(runtime.opened.length);
    },
  );

  test('inputs that cannot be made up leave it untried', async () => {
    const runtime = new FakeRuntime({ cpu: { y: floats(1) }, cuda: { y: floats(1) } });
    runtime.dtype = 'complex64';
    const { report } = await openOn('cuda', runtime);
    expect(report).toMatchObject({ used: 'cuda', parts: [], agreement: null });
    expect(runtime.opened).toEqual(['cuda profiled']);
  });

  test('what cpu itself refuses is thrown', async () => {
    await expect(openOn('cuda', new FakeRuntime({ cpu: 'no such operator' }))).rejects.toThrow(
      'no such operator',
    );
  });
});
