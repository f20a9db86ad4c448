import { execFileSync } from 'node:child_process';
import { descendantsOf } from '../../support/processes';

/** The process of a loaded version, found by the name that the system shows. */
export function runnerOf(model: string, version: number): number {
  const pids = descendantsOf(process.pid).join(',');
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '-p', pids], { encoding: 'utf8' }).split('\n');
  const own = lines.find((line) => line.trimEnd().endsWith(`slipway ${model} ${version}`));
  if (!own) throw new Error(`No process holds ${model} ${version}`);
  return Number(own.trim().split(' ')[0]);
}
