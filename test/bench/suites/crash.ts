import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { max, median } from 'simple-statistics';
import { inRepo } from '../../support/electron-app';
import { figure } from '../figure';
import type { Suite } from '../suite';
import { startBenchEngine } from '../support/bench-engine';
import { untilLoaded } from '../support/load';
import { runnerOf } from '../support/named-runner';
import { fashion } from './endpoints';

const kills = 12;
const callers = 8;
/** Long enough for another runner to be in reserve, which a second crash in a row would not find. */
const betweenMs = 4_000;
const version = 3;

/** A runner is killed under load, again and again. */
export const crashSuite: Suite = {
  name: 'crash',
  figures: ['crash.recovery_ms', 'crash.lost_requests'],
  run: async () => {
    const picture = await readFile(inRepo('app', 'resources', 'samples', 'pictures', 'coat.png'));
    const recoveries: number[] = [];
    const lost: string[] = [];
    let answered = 0;
    for (let kill = 0; kill < kills; kill++) {
      // an engine of its own each time: the next crash of the same version would be answered more slowly, as it should be
      const { engine, close } = await startBenchEngine([
        { name: 'm', basePath: fashion, policy: { kind: 'specific', versions: [version] } },
      ]);
      try {
        await untilLoaded(engine, 'm', (available) => available.includes(version));
        await sleep(betweenMs / 2);
        let isOver = false;
        const asked: { atMs: number; answeredAtMs: number }[] = [];
        const working = Array.from({ length: callers }, async () => {
          while (!isOver) {
            const atMs = performance.now();
            try {
              await engine.inference.classify({ model: 'm', version: 'latest', picture, top: 1 });
              asked.push({ atMs, answeredAtMs: performance.now() });
            } catch (thrown) {
              lost.push(String(thrown));
            }
          }
        });
        await sleep(250);
        const serving = runnerOf('m', version);
        const killedAtMs = performance.now();
        process.kill(serving, 'SIGKILL');
        const after = () => asked.filter(({ atMs }) => atMs > killedAtMs);
        while (after().length === 0) await sleep(5);
        await sleep(250);
        isOver = true;
        await Promise.all(working);
        answered += asked.length;
        recoveries.push(Math.min(...after().map(({ answeredAtMs }) => answeredAtMs)) - killedAtMs);
      } finally {
        await close();
      }
    }
    const note = `fashion-mnist/${version}, ${callers} callers, ${kills} times kill -9, a runner in reserve as in the app; ${answered} requests were answered`;
    return [
      figure('crash.recovery_ms', median(recoveries), 'ms', {
        goal: '<= 500',
        note: `median (worst ${max(recoveries).toFixed(0)}) from the kill to the first answer of a request that came after it; ${note}`,
      }),
      figure('crash.lost_requests', lost.length, 'requests', {
        goal: '= 0',
        note: lost.length === 0 ? note : `${note}; ${lost[0]}`,
      }),
    ];
  },
};
