import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Figure, formatFigures } from './figure';
import type { Suite } from './suite';
import { appSuite } from './suites/app';
import { batchesSuite } from './suites/batches';
import { chaosSuite } from './suites/chaos';
import { crashSuite } from './suites/crash';
import { endpointsSuite } from './suites/endpoints';
import { headlessSuite } from './suites/headless';
import { jobsSuite } from './suites/jobs';
import { memorySuite } from './suites/memory';
import { registrySuite } from './suites/registry';
import { runnersSuite } from './suites/runners';
import { servingSuite } from './suites/serving';
import { trafficSuite } from './suites/traffic';
import { versionsSuite } from './suites/versions';

const suites: readonly Suite[] = [
  appSuite,
  servingSuite,
  registrySuite,
  versionsSuite,
  endpointsSuite,
  headlessSuite,
  chaosSuite,
  runnersSuite,
  crashSuite,
  memorySuite,
  batchesSuite,
  jobsSuite,
  trafficSuite,
];
/** Set for a process that runs one suite of several. */
const partVariable = 'SLIPWAY_BENCH_PART';
const resultsFile = join(process.cwd(), 'test', 'bench', 'results', 'latest.json');

const commit = (): string =>
  execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();

function machine(): string {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
}

/** Figures of suites that were not run this time are kept from the last run of the same commit on the same machine. */
async function earlierFigures(): Promise<readonly Figure[]> {
  try {
    const earlier: { commit: string; machine: string; figures: Figure[] } = JSON.parse(
      await readFile(resultsFile, 'utf8'),
    );
    return earlier.machine === machine() && earlier.commit === commit() ? earlier.figures : [];
  } catch {
    return []; // the first run, or a file of another shape
  }
}

const wanted = process.argv.slice(2);
const chosen = suites.filter(
  (suite) =>
    wanted.length === 0 ||
    wanted.some((it) => suite.name === it || suite.figures.some((name) => name.startsWith(it))),
);
/** In a process of its own, so that no suite is measured with what another left in memory. */
async function runApart(suite: Suite): Promise<void> {
  const [script = ''] = process.argv.slice(1);
  const child = spawn(process.execPath, [script, suite.name], {
    stdio: 'inherit',
    env: { ...process.env, [partVariable]: 'yes' },
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`The suite ${suite.name} ended with ${code}`);
}

async function runHere(suite: Suite): Promise<void> {
  console.log(`bench: ${suite.name}`);
  const figures = await suite.run();
  const measured = new Set(figures.map((it) => it.name));
  const kept = (await earlierFigures()).filter((it) => !measured.has(it.name));
  await mkdir(join(resultsFile, '..'), { recursive: true });
  const report = {
    commit: commit(),
    date: new Date().toISOString(),
    machine: machine(),
    figures: [...figures, ...kept].sort((a, b) => a.name.localeCompare(b.name)),
  };
  await writeFile(resultsFile, `${JSON.stringify(report, null, 2)}\n`);
}

if (process.env[partVariable]) for (const suite of chosen) await runHere(suite);
else {
  for (const suite of chosen) await runApart(suite);
  const measured = chosen.flatMap((suite) => suite.figures);
  const figures = await earlierFigures();
  console.log(formatFigures(figures.filter(({ name }) => measured.some((it) => name.startsWith(it)))));
}
