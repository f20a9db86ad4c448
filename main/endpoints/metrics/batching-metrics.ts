import type { Histogram } from 'prom-client';
import type { BatchCount } from '../../../app/contract/running';
import type { InferencePort } from '../inference-port';
import { exponentialBounds, metricName } from './metric-names';
import { type CountedSeries, countedHistogram, headLines, type Labels, sampleLine } from './text-format';

/** In which TensorFlow Serving counts how long a task waited, in µs. Source: spec §10.3. */
export const queueBounds = exponentialBounds(100, 1.2, 52);
const sizeBounds = exponentialBounds(1, 2, 15);
const paddingBounds = [0, ...exponentialBounds(1, 2, 10)];
const batchingName = (name: string): string => metricName(`/tensorflow/serving/batching_session/${name}`);

export interface BatchingSources {
  readonly port: InferencePort;
  /** By model and version, in µs, with `queueBounds`. */
  readonly queueTime: Histogram;
  /** By model. */
  readonly exampleCounts: Histogram;
}

/**
 * TensorFlow Serving's metrics of batching, out of what is counted anyhow and, for runs, of what the processes of the versions have
 * reported since they were loaded. A queue belongs to a version, which stands for the pool of threads.
 */
export async function batchingMetrics({ port, queueTime, exampleCounts }: BatchingSources): Promise<string> {
  const runs = port
    .models()
    .filter(({ isRoute }) => !isRoute)
    .flatMap(({ versions }) => versions.flatMap(({ batches }) => batches));
  const total = runs.reduce((sum, it) => sum + it.runs, 0);
  const ofSizes: CountedSeries = { labels: {}, counts: runs.map((it) => [it.size, it.runs]) };
  const runCount = batchingName('wrapped_run_count');
  return [
    ...(await ofHistogram(
      batchingName('queuing_latency'),
      'Time that requests waited for their run in µs',
      queueTime,
      ({ model, version }) => ({
        thread_pool_name: `${model}/${version}`,
      }),
    )),
    ...headLines(runCount, 'Runs of models', 'counter'),
    sampleLine(runCount, {}, total),
    ...(await ofHistogram(
      batchingName('input_batch_size'),
      'Examples in a request',
      exampleCounts,
      () => ({}),
    )),
    ...countedHistogram(batchingName('processed_batch_size'), 'Examples in a run', sizeBounds, [ofSizes]),
    ...countedHistogram(
      batchingName('padding_size'),
      'Examples that a run was filled up with',
      paddingBounds,
      paddings(runs),
    ),
    '',
  ].join('\n');
}

/** By size of the run: how many examples were missing, 0 for full ones. */
const paddings = (runs: readonly BatchCount[]): readonly CountedSeries[] => {
  const bySize = new Map<number, Map<number, number>>();
  for (const { size, runs: all, filled = [] } of runs) {
    const counts = bySize.get(size) ?? new Map<number, number>();
    bySize.set(size, counts);
    let full = all;
    for (const it of filled) {
      full -= it.runs;
      counts.set(it.missing, (counts.get(it.missing) ?? 0) + it.runs);
    }
    counts.set(0, (counts.get(0) ?? 0) + full);
  }
  return [...bySize].map(([size, counts]) => ({
    labels: { execution_batch_size: size },
    counts: [...counts],
  }));
};

/** The same histogram under another name and other labels; series that get the same labels are added up. */
async function ofHistogram(
  name: string,
  help: string,
  histogram: Histogram,
  relabel: (labels: Labels) => Labels,
): Promise<readonly string[]> {
  const sums = new Map<string, number>();
  for (const { labels, value, metricName: source = '' } of (await histogram.get()).values) {
    const { le, ...others } = labels;
    const suffix = source.slice(source.lastIndexOf('_'));
    const series = { ...relabel(others as Labels), ...(le === undefined ? {} : { le }) };
    const key = sampleLine(`${name}${suffix}`, series, 0).slice(0, -2);
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  return sums.size === 0
    ? []
    : [...headLines(name, help, 'histogram'), ...[...sums].map(([key, sum]) => `${key} ${sum}`)];
}
