import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../../support/http-client';
import { descendantsOf } from '../../support/processes';
import { startServer, untilAvailable } from '../../support/running-server';
import { figure } from '../figure';
import { httpRequest, type LoadRequest } from '../load/load-spec';
import { load } from '../load/processes';
import { writeConfig } from '../load/serve-config';
import { pixels } from '../load/small-requests';
import type { Suite } from '../suite';
import { cli, fashion } from './endpoints';

const requests = 100_000;
const swaps = 100;
const kills = 20;
const inputs = 8;
const lookEveryMs = 20;
const patienceMs = 30_000;
const versions = [1, 2] as const;

/** Versions change and runners die under load: no answer may be wrong, and none may fail. */
export const chaosSuite: Suite = {
  name: 'chaos',
  figures: ['chaos.wrong', 'chaos.failed'],
  run: async () => {
    const of = (version: number) => [{ name: 'bench', basePath: fashion, versions: [version] }];
    const config = await writeConfig([{ name: 'bench', basePath: fashion, versions }]);
    const server = await startServer(
      [`--model_config_file=${config}`, '--model_config_file_poll_wait_seconds=0.1'],
      cli,
    );
    try {
      for (const version of versions) await untilAvailable(server, 'bench', version);
      const asked = await knownRequests(server.restPort);
      await writeConfig(of(1), config);
      await untilOnly(server.restPort, 1);

      const spec = { protocol: 'http', port: server.restPort, requests: asked, concurrency: 8 } as const;
      let isOver = false;
      const loading = load({ ...spec, count: requests, perSecond: 1_500, warmUpMs: 0, durationMs: 1_000 });
      void loading.finally(() => {
        isOver = true;
      });
      let [swapped, killed] = [0, 0];
      while (swapped < swaps && !isOver) {
        const version = versions[(swapped + 1) % versions.length] ?? 1;
        await writeConfig(of(version), config);
        await untilOnly(server.restPort, version);
        swapped++;
        if (swapped % (swaps / kills) !== 0) continue;
        // with the one that serves the one in reserve, so that nothing is at hand
        killed += descendantsOf(server.pid).filter(killNow).length;
        await untilOnly(server.restPort, version);
      }
      const result = await loading;
      const note = `${result.completed} requests, ${swapped} swaps, ${killed} runners killed at ${kills} times; p50 ${result.p50Ms.toFixed(1)} ms, p99 ${result.p99Ms.toFixed(1)} ms${['', ...result.troubles].join('; ')}`;
      return [
        figure('chaos.wrong', result.wrong, 'answers', { goal: '= 0', note }),
        figure('chaos.failed', result.failed, 'requests', { goal: '= 0', note }),
      ];
    } finally {
      await server.stop();
    }
  },
};

/** False for a process that has just gone by itself, such as that of a version that was replaced. */
function killNow(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** Requests with what each version answers to them. */
async function knownRequests(port: number): Promise<readonly LoadRequest[]> {
  const known: LoadRequest[] = [];
  for (let seed = 0; seed < inputs; seed++) {
    const values = pixels(seed);
    const rows = Array.from({ length: 28 }, (_, row) => values.slice(row * 28, (row + 1) * 28));
    const body = JSON.stringify({ instances: [[rows]] });
    const expected: Record<string, string> = {};
    for (const version of versions) {
      const path = `/v1/models/bench/versions/${version}:predict`;
      expected[String(version)] = (await ask(port, path, { body })).text;
    }
    const bytes = httpRequest(
      'POST',
      '/v1/models/bench:predict',
      { 'content-type': 'application/json' },
      body,
    );
    known.push({ bytes, expected });
  }
  return known;
}

/** Resolves when that version answers, and no other. */
async function untilOnly(port: number, version: number): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const { text } = await ask(port, '/v1/models/bench');
    const available = [...text.matchAll(/"version": "(\d+)",\s*"state": "AVAILABLE"/g)].map(([, it]) => it);
    if (available.length === 1 && available[0] === String(version)) return;
    if (performance.now() > until) throw new Error(`Version ${version} does not become available: ${text}`);
    await sleep(lookEveryMs);
  }
}
