import type { RequestRecord } from '../../endpoints/request-record';

export type LogLevel = 'info' | 'warn' | 'error';

/** Writes one JSON object a line to stderr: time, level, event, and what belongs to it. */
export function log(level: LogLevel, event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
}

/** A request as the log shows it: whose, about what, how long, and nothing of its content. */
export function requestFields(record: RequestRecord): Readonly<Record<string, unknown>> {
  const { exchange: _content, attributes: _headers, startedAtMs, durationMs, timingsMs, ...fields } = record;
  return {
    ...fields,
    startedAt: new Date(startedAtMs).toISOString(),
    durationMs: rounded(durationMs),
    timingsMs:
      timingsMs && Object.fromEntries(Object.entries(timingsMs).map(([key, ms]) => [key, rounded(ms)])),
  };
}

const rounded = (ms: number): number => Math.round(ms * 1_000) / 1_000;
