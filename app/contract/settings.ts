import { z } from 'zod';
import { defaultEndpointSettings, endpointSettingsSchema } from './endpoints';

export const settingsSchema = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']),
  density: z.enum(['compact', 'comfortable']),
  /** Bytes that all loaded models together may take; null: half of the machine's memory. */
  memoryBudgetBytes: z.int().positive().nullable(),
  /** How long a version folder must stay unchanged before it is aspired. */
  stabilityMs: z.int().min(0).max(60_000),
  /** How often folders are listed even when no event came. */
  safetyScanMs: z.int().min(1_000).max(3_600_000),
  maxLoadRetries: z.int().min(0).max(100),
  /** What new models start with. */
  defaultSwitching: z.enum(['availabilityPreserving', 'resourcePreserving']),
  /** Does a job that took more than ten seconds tell of its end when the window is out of sight? */
  notifiesOfJobs: z.boolean(),
  endpoints: endpointSettingsSchema,
});
export type Settings = z.infer<typeof settingsSchema>;

export const defaultSettings: Settings = {
  theme: 'system',
  density: 'compact',
  memoryBudgetBytes: null,
  stabilityMs: 500,
  safetyScanMs: 30_000,
  maxLoadRetries: 5,
  defaultSwitching: 'availabilityPreserving',
  notifiesOfJobs: true,
  endpoints: defaultEndpointSettings,
};

export const appInfoSchema = z.strictObject({
  version: z.string(),
  electron: z.string(),
  chromium: z.string(),
  node: z.string(),
  onnxruntime: z.string(),
  /** Is this the Electron that stands in where the declared one could not be fetched? */
  isFallbackRuntime: z.boolean(),
  platform: z.enum(['linux', 'darwin', 'win32']),
  totalMemoryBytes: z.number(),
  cpuCount: z.int(),
});
export type AppInfo = z.infer<typeof appInfoSchema>;
