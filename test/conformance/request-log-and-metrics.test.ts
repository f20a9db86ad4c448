import { Counter, Histogram, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { LoggingConfig } from '../../main/config/logging-config';
import { labelName, metricName } from '../../main/endpoints/metrics/metric-names';
import { ServingMetrics } from '../../main/endpoints/metrics/serving-metrics';
import { type LogCollector, RequestLoggers } from '../../main/endpoints/request-log';
import type { RequestRecord } from '../../main/endpoints/request-record';
import { failureOf } from '../support/app-errors';
import { aModel, FakeInferencePort, portVersion } from '../support/fake-inference-port';

const record = (differences: Partial<RequestRecord> = {}): RequestRecord => ({
  requestId: 'r',
  entrypoint: 'REST',
  scope: 'infer',
  caller: null,
  exchange: null,
  api: 'Predict',
  path: 'POST /v1/models/m:predict',
  httpStatus: 200,
  model: 'm',
  routed: null,
  attributes: null,
  version: 2,
  status: 'OK',
  startedAtMs: 0,
  durationMs: 0.02,
  timingsMs: { parse: 0.001, queue: 0.002, run: 0.015, render: 0.001 },
  exampleCount: 3,
  requestBytes: 10,
  responseBytes: 10,
  ...differences,
});
const config = (filenamePrefix: string, samplingRate = 1): LoggingConfig => ({
  collector: { type: 'file', filenamePrefix },
  samplingRate,
});

class FakeCollector implements LogCollector {
  readonly records: RequestRecord[] = [];
  isClosed = false;
  collect(it: RequestRecord): 'OK' {
    this.records.push(it);
    return 'OK';
  }
  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function loggersOf(random?: () => number) {
  const made = new Map<string, FakeCollector>();
  const loggers = new RequestLoggers(async ({ collector }) => {
    if (collector.filenamePrefix === 'bad') throw new Error('no such folder');
    const created = new FakeCollector();
    made.set(collector.filenamePrefix, created);
    return created;
  }, random);
  return { loggers, made };
}

describe('request log', () => {
  test('T236: models with one config share a logger, an unchanged one is kept, and a bad config among two changes nothing', async () => {
    const { loggers, made } = loggersOf();
    await loggers.update(
      new Map([
        ['m', [config('a')]],
        ['n', [config('a')]],
      ]),
    );
    const first = made.get('a');
    loggers.observe(record({ model: 'm' }));
    loggers.observe(record({ model: 'n' }));
    expect([made.size, first?.records.length]).toEqual([1, 2]);

    made.clear();
    await loggers.update(new Map([['m', [config('a')]]]));
    expect([made.size, first?.isClosed]).toEqual([0, false]);

    await expect(
      loggers.update(
        new Map([
          ['m', [config('b')]],
          ['n', [config('bad')]],
        ]),
      ),
    ).rejects.toThrow('no such folder');
    expect(made.get('b')?.isClosed).toBe(true);
    loggers.observe(record());
    expect(first?.records).toHaveLength(3);

    await loggers.update(new Map([['m', [config('c')]]]));
    expect(first?.isClosed).toBe(true);
  });

  test('T184: a logging config where no log can be made is INVALID_ARGUMENT, with a maker it is served', async () => {
    const configs = new Map([['m', [config('a')]]]);
    expect((await failureOf(() => new RequestLoggers(null).update(configs))).status).toBe('INVALID_ARGUMENT');
    const { loggers, made } = loggersOf();
    await loggers.update(configs);
    loggers.observe(record());
    expect(made.get('a')?.records).toHaveLength(1);
  });

  test('T237: a sampling of 0 logs none, of 1 all, and an unknown model is passed over', async () => {
    const { loggers, made } = loggersOf(() => 0);
    await loggers.update(
      new Map([
        ['none', [config('none', 0)]],
        ['all', [config('all', 1)]],
      ]),
    );
    for (let index = 0; index < 10; index++)
      for (const model of ['none', 'all', 'other']) loggers.observe(record({ model }));
    expect(made.get('none')?.records).toHaveLength(0);
    expect(made.get('all')?.records).toHaveLength(10);
    const rolls = [0.1, 0.3, 0.5];
    const half = loggersOf(() => rolls.shift() ?? 1);
    await half.loggers.update(new Map([['m', [config('a', 0.3)]]]));
    for (let index = 0; index < 3; index++) half.loggers.observe(record());
    expect(half.made.get('a')?.records).toHaveLength(1);
  });

  test('T236: what is prepared is in use when it is committed, and those who prepare wait for each other', async () => {
    const { loggers, made } = loggersOf();
    const first = await loggers.prepare(new Map([['m', [config('a')]]]));
    loggers.observe(record());
    const second = loggers.prepare(new Map([['m', [config('b')]]]));
    await first.commit();
    loggers.observe(record());
    await (await second).discard();
    loggers.observe(record());
    expect([...made].map(([name, { records, isClosed }]) => [name, records.length, isClosed])).toEqual([
      ['a', 2, false],
      ['b', 0, true],
    ]);
    await loggers.close();
    expect(made.get('a')?.isClosed).toBe(true);
  });

  test('T237: what a route sent to a model is logged once, with all that is logged anyhow', async () => {
    const { loggers, made } = loggersOf();
    await loggers.logAll(config('all'));
    await loggers.update(
      new Map([
        ['m', [config('m')]],
        ['shop', [config('m')]],
      ]),
    );
    const told: string[] = [];
    loggers.onDidLog(({ model, status }) => told.push(`${model} ${status}`));
    const routed = { route: 'shop', arm: 'a', rule: null, reason: 'split', model: 'm', version: 2 } as const;
    loggers.observe(record({ model: 'shop', routed }));
    loggers.observe(record({ model: 'other' }));
    expect([made.get('m')?.records.length, made.get('all')?.records.length]).toEqual([1, 2]);
    expect(told).toEqual(['shop OK', 'shop OK', 'other OK']);
  });
});

describe('metrics', () => {
  test('T238: names, labels and values are written as Prometheus takes them, histograms cumulative', async () => {
    expect(metricName('/a/b')).toBe(':a:b');
    expect(metricName('9a')).toBe('_9a');
    expect(labelName('9x-y')).toBe('_9x_y');
    const registry = new Registry();
    new Counter({
      name: metricName('/a/b'),
      help: 'h',
      labelNames: [labelName('9x-y')],
      registers: [registry],
    }).inc({ _9x_y: 'a"b\\c' });
    const histogram = new Histogram({
      name: metricName('/h'),
      help: 'h',
      buckets: [1, 2],
      registers: [registry],
    });
    for (const value of [0.5, 1.5, 5]) histogram.observe(value);
    const text = await registry.metrics();
    expect(text).toContain(':a:b{_9x_y="a\\"b\\\\c"} 1');
    expect(text).toMatch(
      /:h_bucket\{le="1"\} 1\n:h_bucket\{le="2"\} 2\n:h_bucket\{le="\+Inf"\} 3\n:h_sum 7\n:h_count 3/,
    );
  });

  test('T238: requests are counted under TensorFlow Serving’s names, latencies of successes in its buckets', async () => {
    const metrics = new ServingMetrics(new FakeInferencePort([aModel('m', [2, 1])]));
    metrics.observe(record());
    metrics.observe(record({ status: 'INVALID_ARGUMENT', timingsMs: null }));
    metrics.observe(record({ model: 'invented', version: null, status: 'NOT_FOUND', timingsMs: null }));
    const text = await metrics.text();
    for (const line of [
      ':tensorflow:serving:request_count{model_name="m",status="OK"} 1',
      ':tensorflow:serving:request_count{model_name="m",status="INVALID_ARGUMENT"} 1',
      ':tensorflow:serving:request_count{model_name="",status="NOT_FOUND"} 1',
      ':tensorflow:serving:request_latency_bucket{le="10",model_name="m",API="Predict",entrypoint="REST"} 0',
      ':tensorflow:serving:request_latency_bucket{le="32.4",model_name="m",API="Predict",entrypoint="REST"} 1',
      ':tensorflow:serving:request_latency_count{model_name="m",API="Predict",entrypoint="REST"} 1',
      ':tensorflow:serving:runtime_latency_sum{model_name="m",API="Predict",runtime="onnxruntime"} 15',
      ':tensorflow:serving:request_example_counts_bucket{le="4",model="m"} 1',
      ':tensorflow:serving:request_example_count_total{model="m"} 3',
      'slipway_version_available{model="m",version="2"} 1',
      'slipway_batch_runs_total{model="m",version="2",size="8"} 12',
      'slipway_version_resident_bytes{model="m",version="1"} 1000000',
    ])
      expect(text.split('\n')).toContain(line);
    expect(text).not.toContain('invented');
    metrics.countLogged({ model: 'm', status: 'OK' });
    metrics.countLogged({ model: 'invented', status: 'RESOURCE_EXHAUSTED' });
    expect((await metrics.text()).match(/:request_log_count\{.*/g)).toEqual([
      ':request_log_count{model_name="m",status_code="OK"} 1',
      ':request_log_count{model_name="",status_code="RESOURCE_EXHAUSTED"} 1',
    ]);
    expect(await metrics.counterValue('/tensorflow/serving/request_count')).toBe(3);
    expect(await metrics.counterValue('/no/such')).toBe(0);
  });

  test('T238: batching is counted under TensorFlow Serving’s names', async () => {
    const batches = [
      { size: 1, runs: 5, totalMs: 3 },
      { size: 4, runs: 6, totalMs: 9, filled: [{ missing: 1, runs: 2 }] },
    ];
    const versions = [portVersion(2, { batches }), portVersion(1, { batches: [] })];
    const metrics = new ServingMetrics(
      new FakeInferencePort([aModel('m', [], { versions }), aModel('n', [])]),
    );
    metrics.observe(record());
    metrics.observe(record({ version: 1, exampleCount: 1 }));
    const text = await metrics.text();
    const name = (of: string): string => `:tensorflow:serving:batching_session:${of}`;
    for (const line of [
      `# TYPE ${name('queuing_latency')} histogram`,
      `${name('queuing_latency')}_bucket{thread_pool_name="m/2",le="100"} 1`,
      `${name('queuing_latency')}_sum{thread_pool_name="m/1"} 2`,
      `${name('wrapped_run_count')} 11`,
      `${name('input_batch_size')}_bucket{le="1"} 1`,
      `${name('input_batch_size')}_bucket{le="4"} 2`,
      `${name('input_batch_size')}_sum 4`,
      `${name('processed_batch_size')}_bucket{le="2"} 5`,
      `${name('processed_batch_size')}_bucket{le="4"} 11`,
      `${name('processed_batch_size')}_sum 29`,
      `${name('padding_size')}_bucket{execution_batch_size="4",le="0"} 4`,
      `${name('padding_size')}_bucket{execution_batch_size="4",le="1"} 6`,
      `${name('padding_size')}_count{execution_batch_size="1"} 5`,
      'slipway_version_queue_depth{model="m",version="2"} 3',
    ])
      expect(text.split('\n')).toContain(line);
  });

  test('T238: loads, warm-ups, failures, ended processes and restarts are counted', async () => {
    const port = new FakeInferencePort([aModel('m', [2])]);
    const metrics = new ServingMetrics(port);
    const version = { model: 'm', version: 2 };
    const failed = (code: 'RUNNER_CRASHED' | 'MODEL_FILE_TRUNCATED' | 'WARMUP_FAILED') =>
      port.happened.fire({ ...version, kind: 'failed', code, status: 'UNAVAILABLE' });
    failed('RUNNER_CRASHED'); // it served when the metrics began
    failed('RUNNER_CRASHED'); // and this was a try to bring it back
    port.happened.fire({ ...version, kind: 'loaded', warmedUp: { records: 3, ms: 0.02 } });
    port.happened.fire({ ...version, kind: 'leaving' });
    failed('MODEL_FILE_TRUNCATED');
    failed('WARMUP_FAILED');
    port.happened.fire({ ...version, kind: 'loaded', warmedUp: null });
    const lines = (await metrics.text()).split('\n');
    for (const line of [
      'slipway_loads_total{model="m",version="2"} 2',
      'slipway_runner_exits_total{model="m",version="2",code="RUNNER_CRASHED"} 1',
      'slipway_load_failures_total{model="m",version="2",code="RUNNER_CRASHED"} 1',
      'slipway_load_failures_total{model="m",version="2",code="MODEL_FILE_TRUNCATED"} 1',
      'slipway_restarts_total{model="m",version="2"} 1',
      ':tensorflow:serving:model_warmup_records_read{model_path="m/2",status="OK"} 3',
      ':tensorflow:serving:model_warmup_records_read{model_path="m/2",status="UNAVAILABLE"} 1',
      ':tensorflow:serving:model_warmup_latency_sum{model_path="m/2",status="OK"} 20',
      ':tensorflow:serving:model_warmup_latency_count{model_path="m/2",status="OK"} 1',
    ])
      expect(lines).toContain(line);
    metrics.dispose();
    port.happened.fire({ ...version, kind: 'loaded', warmedUp: null });
    expect(await metrics.text()).toContain('slipway_loads_total{model="m",version="2"} 2');
  });

  test('T238: the series of a version that was unloaded are gone', async () => {
    const port = new FakeInferencePort([aModel('m', [2, 1])]);
    const metrics = new ServingMetrics(port);
    metrics.observe(record({ version: 1 }));
    metrics.observe(record({ version: 2 }));
    port.happened.fire({ model: 'm', version: 1, kind: 'loaded', warmedUp: null });
    const text = await metrics.text();
    for (const series of [
      'slipway_version_available{',
      'slipway_requests_total{',
      'slipway_queue_microseconds_sum{',
    ])
      expect(text).toContain(`${series}model="m",version="1"`);
    const ended = portVersion(1, { state: 'END', error: { status: 'UNAVAILABLE', message: 'it crashed' } });
    port.served = [aModel('m', [], { versions: [portVersion(2), ended] })];
    expect(await metrics.text()).toContain('slipway_requests_total{model="m",version="1"'); // it may come back
    port.served = [aModel('m', [2])];
    expect(await metrics.text()).not.toMatch(/version="1"|m\/1/);
    expect(await metrics.text()).toContain('slipway_requests_total{model="m",version="2"');
  });
});
