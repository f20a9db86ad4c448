import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import type { GrpcMethod } from '../../../main/endpoints/grpc/grpc-call';
import { modelService } from '../../../main/endpoints/grpc/model-service';
import { readFirstTask, readInferTarget, readModelSpec } from '../../../main/endpoints/grpc/model-spec';
import { openInferenceService } from '../../../main/endpoints/grpc/open-inference-service';
import { parseOipUrl } from '../../../main/endpoints/oip/oip-url';
import { RequestStatistics } from '../../../main/endpoints/oip/request-statistics';
import { parseTfsUrl } from '../../../main/endpoints/rest/tfs-url';
import { parseRoutesUrl } from '../../../main/endpoints/routes/routes-url';
import { FakeInferencePort } from '../../support/fake-inference-port';
import { encode } from '../../support/proto-client';

/** Anything but a refusal in words fails the test. */
function isRefused(thrown: unknown): boolean {
  const { code, status } = AppError.from(thrown);
  expect(`${code} ${status}: ${thrown}`).toMatch(
    /^\w+ (INVALID_ARGUMENT|NOT_FOUND|UNIMPLEMENTED|FAILED_PRECONDITION): /,
  );
  return true;
}

describe('URLs', () => {
  const pieces = fc.constantFrom(
    ...[
      '/v1',
      '/v2',
      '/V1',
      '/models',
      '/routes',
      '/versions',
      '/labels',
      '/metadata',
      '/repository',
      '/index',
    ],
    ...[
      '/ready',
      '/infer',
      '/stats',
      '/config',
      '/load',
      '/health/live',
      '/m',
      ':predict',
      ':PREDICT',
      ':dryRun',
    ],
    ...[
      '/',
      '//',
      ':',
      '?',
      '?top=',
      '&',
      '%',
      '%20',
      '%zz',
      '%ff',
      '%00',
      '..',
      '9'.repeat(40),
      '-1',
      'é',
      ' ',
    ],
  );
  const url = fc.oneof(
    fc.array(pieces, { maxLength: 10 }).map((all) => all.join('')),
    fc.string().map((text) => `/v1/models/${text}`),
    fc.string().map((text) => `/v2/models/${text}/infer`),
    fc.webPath(),
  );
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'BREW');

  test.each([
    ['TensorFlow Serving', parseTfsUrl],
    ['the Open Inference Protocol', parseOipUrl],
    ['routes', parseRoutesUrl],
  ] as const)('of %s are read, passed on or refused', (_, parse) => {
    fc.assert(
      fc.property(method, url, (verb, path) => {
        try {
          const found = parse(verb, path);
          if (found && 'model' in found && found.model !== null) expect(found.model).not.toBe('');
          if (found && 'version' in found && typeof found.version === 'object' && 'version' in found.version)
            expect(found.version.version).toBeGreaterThanOrEqual(0);
        } catch (thrown) {
          isRefused(thrown);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('a megabyte of URL takes no more than a moment', () => {
    const startedAt = process.cpuUsage();
    for (const path of [
      `/v1/models/${'a/'.repeat(500_000)}`,
      `/v2/models/${'%41'.repeat(300_000)}`,
      `/v1/routes/${':'.repeat(1_000_000)}`,
    ])
      for (const parse of [parseTfsUrl, parseOipUrl, parseRoutesUrl])
        try {
          parse('GET', path);
        } catch (thrown) {
          isRefused(thrown);
        }
    expect(process.cpuUsage(startedAt).user).toBeLessThan(2_000_000); // µs
  });
});

describe('messages', () => {
  const spec = { name: 'm', version: { value: 1 } };
  const valid: Uint8Array[] = [
    encode('tensorflow.serving.PredictRequest', { model_spec: spec, output_filter: ['y'] }),
    encode('tensorflow.serving.MultiInferenceRequest', {
      tasks: [{ model_spec: spec }, { model_spec: spec }],
    }),
    encode('inference.ModelInferRequest', { model_name: 'm', model_version: '1', id: 'x' }),
    encode('inference.RepositoryModelLoadRequest', { model_name: 'm' }),
    encode('tensorflow.serving.ReloadConfigRequest', {
      config: {
        model_config_list: {
          config: [
            {
              name: 'm',
              base_path: '/m',
              model_platform: 'onnx',
              version_labels: { x: 1 },
              model_version_policy: { specific: { versions: [1, 2] } },
              logging_config: { sampling_config: { sampling_rate: 0.5 } },
            },
          ],
        },
      },
    }),
  ];
  /** A message with a byte or two that are wrong, cut off, or followed by something. */
  const nearly = fc
    .tuple(
      fc.constantFrom(...valid),
      fc.array(fc.tuple(fc.nat({ max: 120 }), fc.nat({ max: 255 })), { maxLength: 3 }),
      fc.nat({ max: 120 }),
      fc.uint8Array({ maxLength: 8 }),
    )
    .map(([message, changes, cut, more]) => {
      const bytes = Uint8Array.from([...message.subarray(0, Math.max(cut, 1)), ...more]);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      return bytes;
    });
  const bodies = fc.oneof(nearly, fc.uint8Array({ maxLength: 60 }), fc.constantFrom(...valid));

  test.each([
    ['a model spec', readModelSpec],
    ['the first task', readFirstTask],
    ['the target of an inference', readInferTarget],
  ] as const)('%s is read or refused', (_, read) => {
    fc.assert(
      fc.property(bodies, (body) => {
        try {
          expect(typeof read(body).model).toBe('string');
        } catch (thrown) {
          isRefused(thrown);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  const port = new FakeInferencePort();
  const methods: readonly GrpcMethod[] = [
    ...modelService({ port, counterValue: async () => 0 }),
    ...openInferenceService({ port, statistics: new RequestStatistics(), isReady: () => true, version: '1' }),
  ];
  const unary = methods.filter((it) => it.kind === 'unary').filter(({ scope }) => scope !== 'infer');

  test.each(unary.map((it) => [it.path, it] as const))('%s answers or refuses', async (_, { handle }) => {
    const call = {
      requestId: 'r',
      caller: null,
      headers: {},
      signal: new AbortController().signal,
      deadlineAtMs: Number.POSITIVE_INFINITY,
      closing: new AbortController().signal,
    };
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        try {
          expect((await handle(body, call)).bytes).toBeInstanceOf(Uint8Array);
        } catch (thrown) {
          isRefused(thrown);
        }
      }),
      { numRuns: 150 },
    );
  });
});
