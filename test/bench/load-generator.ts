import { setTimeout as sleep } from 'node:timers/promises';
import { build as buildHistogram, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { GrpcConnection, GrpcLane } from './load/grpc-lane';
import { HttpLane, type Lane } from './load/http-lane';
import type { LoadResult, LoadSpec } from './load/load-spec';

// A process of its own: what it costs to ask must not slow what is measured. It is told what to ask by its parent.

const lanesPerConnection = 8;
const pauseAfterFailureMs = 5;
const mostTroubles = 4;

async function run(spec: LoadSpec): Promise<LoadResult> {
  const lanes = openLanes(spec);
  const histogram = buildHistogram({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000 });
  const startsAt = performance.now() + spec.warmUpMs;
  const endsAt = startsAt + spec.durationMs;
  let [started, completed, failed, wrong] = [0, 0, 0, 0];
  const troubles = new Map<string, number>();
  const note = (text: string): void => void troubles.set(text, (troubles.get(text) ?? 0) + 1);
  let lastAt = startsAt;

  const isGoingOn = (): boolean => performance.now() < endsAt || completed < spec.count;
  async function work(lane: Lane): Promise<void> {
    while (isGoingOn()) {
      const request = spec.requests[started % spec.requests.length];
      if (!request) throw new Error('There is nothing to ask');
      const number = started++;
      if (spec.perSecond !== null) {
        const dueAt = startsAt - spec.warmUpMs + (number * 1_000) / spec.perSecond;
        if (dueAt > performance.now()) await sleep(dueAt - performance.now());
      }
      const askedAt = performance.now();
      let trouble = '';
      try {
        const { isOk, version, body } = await lane.ask(request.bytes);
        if (!isOk) trouble = body.toString().slice(0, 300) || 'refused';
        else if (request.expected && request.expected[version] !== body.toString()) {
          wrong++;
          note(`wrong answer of version ${version}`);
        }
      } catch (thrown) {
        trouble = thrown instanceof Error ? thrown.message : String(thrown);
      }
      const now = performance.now();
      if (trouble !== '') {
        failed++;
        note(trouble);
        await sleep(pauseAfterFailureMs);
      }
      if (askedAt < startsAt) continue;
      completed++;
      lastAt = now;
      histogram.recordValue(Math.max(1, Math.round((now - askedAt) * 1_000)));
    }
  }
  await Promise.all(lanes.map(work));
  for (const lane of lanes) lane.close();
  return {
    completed,
    failed,
    wrong,
    seconds: (lastAt - startsAt) / 1_000,
    p50Ms: histogram.getValueAtPercentile(50) / 1_000,
    p99Ms: histogram.getValueAtPercentile(99) / 1_000,
    latencies: encodeIntoCompressedBase64(histogram),
    troubles: [...troubles]
      .sort(([, a], [, b]) => b - a)
      .slice(0, mostTroubles)
      .map(([text, count]) => `${count} × ${text.trim()}`),
  };
}

function openLanes({ protocol, port, path, concurrency }: LoadSpec): readonly Lane[] {
  if (protocol === 'http') return Array.from({ length: concurrency }, () => new HttpLane(port));
  const connections = Array.from(
    { length: Math.ceil(concurrency / lanesPerConnection) },
    () => new GrpcConnection(port),
  );
  return Array.from({ length: concurrency }, (_, index) => {
    const connection = connections[index % connections.length];
    if (!connection) throw new Error('There is no connection');
    return new GrpcLane(connection, path);
  });
}

process.on('disconnect', () => process.exit(0));
process.on('message', (spec: LoadSpec) => {
  run(spec).then(
    (result) => process.send?.(result),
    (thrown: unknown) => {
      console.error(thrown);
      process.exit(1);
    },
  );
});
