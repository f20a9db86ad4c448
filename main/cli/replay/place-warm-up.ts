import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LoggedRequest } from '../../endpoints/request-file';
import { recordedFile } from '../../runner/warm-up/warm-up';
import type { Lifetime } from '../lifetime';
import { modelNameOf } from '../model-name';
import { openModel } from '../open-model';
import { UsageError } from '../usage-error';
import { readLog } from './read-log';
import { askEngine } from './target';

export interface PlacedWarmUp {
  readonly version: number;
  /** How many the version has now. */
  readonly requests: number;
  /** Of the log, but not answered by this version. */
  readonly refused: number;
}

/**
 * Writes what a version answers of a log into its folder, in the place of what was there. Throws `UsageError` for a log that is not there
 * or has nothing for the model, and why the version will not load.
 */
export async function placeWarmUp(
  log: string,
  basePath: string,
  version: number | undefined,
  { from = modelNameOf(basePath), limit }: { readonly from?: string; readonly limit: number },
  lifetime: Lifetime,
  runnerPath: string,
): Promise<PlacedWarmUp> {
  const requests = await answeredOnce(log, from);
  const opened = await openModel(basePath, version, lifetime, runnerPath);
  const ask = askEngine(opened.engine, opened.name, { version: opened.version });
  const lines: string[] = [];
  let refused = 0;
  for (const request of requests) {
    if (lines.length >= limit || lifetime.signal.aborted) break;
    const { kind } = await ask(request, lifetime.signal);
    if (kind === 'answered') lines.push(lineOf(request));
    else refused++;
  }
  if (lines.length > 0 && !lifetime.signal.aborted) {
    const path = join(opened.engine.models.folderOf(opened.name, opened.version), recordedFile);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, lines.join(''));
    await rename(`${path}.new`, path); // whole, for a server that loads it now
  }
  return { version: opened.version, requests: lines.length, refused };
}

/** What was answered then of a model or route, each different request once. */
async function answeredOnce(log: string, from: string): Promise<readonly LoggedRequest[]> {
  const found = new Map<string, LoggedRequest>();
  const others = new Set<string>();
  for await (const entry of readLog(log)) {
    if (entry?.status !== 'OK') continue;
    if (entry.model !== from && entry.routed?.model !== from) {
      others.add(entry.model);
      continue;
    }
    const hash = createHash('sha256').update(entry.request);
    found.set(hash.update(JSON.stringify([entry.codec, entry.params])).digest('base64'), entry);
  }
  if (found.size > 0) return [...found.values()];
  const named = others.size > 0 ? ` It has some of ${[...others].join(', ')}: say --from NAME.` : '';
  throw new UsageError(`The log has no answered request of ${from}.${named}`);
}

const lineOf = ({ codec, params, request }: LoggedRequest): string =>
  `${JSON.stringify({ codec, params, request: Buffer.from(request).toString('base64') })}\n`;
