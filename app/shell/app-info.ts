import { existsSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { app } from 'electron';
import { z } from 'zod';
import type { AppInfo } from '../contract/settings';

/** The set-up leaves this file beside an Electron that stands in for the declared one. */
const fallbackMark = 'fallback-runtime.json';
const manifestSchema = z.object({ dependencies: z.object({ 'onnxruntime-node': z.string() }) });

/** What this app is made of, read once. */
export function readAppInfo(): AppInfo {
  const {
    electron = '',
    chrome = '',
    node,
  } = process.versions as Readonly<Record<string, string | undefined>> & {
    readonly node: string;
  };
  const manifest = manifestSchema.parse(
    JSON.parse(readFileSync(join(app.getAppPath(), 'package.json'), 'utf8')),
  );
  return {
    version: app.getVersion(),
    electron,
    chromium: chrome,
    node,
    onnxruntime: manifest.dependencies['onnxruntime-node'],
    isFallbackRuntime: existsSync(join(process.resourcesPath, fallbackMark)),
    platform: process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux',
    totalMemoryBytes: totalmem(),
    cpuCount: cpus().length,
  };
}
