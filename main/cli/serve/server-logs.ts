import { isAbsolute, join, normalize } from 'node:path';
import { AppError } from '../../../app/base/errors';
import { fileCollectorType } from '../../config/logging-config';
import { auditOf } from '../../endpoints/audit-log';
import { LineFile } from '../../endpoints/line-file';
import { createFileCollector } from '../../endpoints/request-file';
import { type PrepareLogs, RequestLoggers } from '../../endpoints/request-log';
import type { ObserveRequest } from '../../endpoints/request-record';
import type { ServeFlags } from './flags';
import { log, requestFields } from './server-log';

export interface ServerLogs {
  readonly observe: ObserveRequest;
  readonly requests: RequestLoggers;
  /** For configurations that a client sends: its files stay in one folder, if there is one. */
  readonly prepareForClient: PrepareLogs;
  close(): Promise<void>;
}

/** Opens the logs that the flags name. Throws INVALID_ARGUMENT for a file that cannot be written. */
export async function openLogs(flags: ServeFlags): Promise<ServerLogs> {
  const observers: ObserveRequest[] = [auditOf((entry) => log('info', 'admin_call', { ...entry }))];
  const closers: (() => Promise<void>)[] = [];
  if (flags.log_requests) observers.push((record) => log('info', 'request', requestFields(record)));
  if (flags.audit_log_file !== undefined) {
    const file = await LineFile.open(flags.audit_log_file);
    observers.push(auditOf((entry) => void file.append(JSON.stringify(entry))));
    closers.push(() => file.close());
  }
  const requests = new RequestLoggers(createFileCollector);
  closers.push(() => requests.close());
  if (flags.request_log_file !== undefined)
    await requests.logAll({
      collector: { type: fileCollectorType, filenamePrefix: flags.request_log_file },
      samplingRate: flags.request_log_sampling_rate,
    });
  return {
    observe: (record) => {
      for (const observe of observers) observe(record);
    },
    requests,
    prepareForClient: (configs) => {
      const within = new Map(
        [...configs].map(([model, list]) => [
          model,
          list.map(({ collector, samplingRate }) => ({
            collector: { ...collector, filenamePrefix: pathWithin(flags, collector.filenamePrefix) },
            samplingRate,
          })),
        ]),
      );
      return requests.prepare(within);
    },
    close: async () => void (await Promise.all(closers.map((close) => close()))),
  };
}

function pathWithin({ request_log_folder: folder }: ServeFlags, prefix: string): string {
  const refuse = (detail: string): AppError => new AppError('INVALID_ARGUMENT', {}, { detail });
  if (folder === undefined)
    throw refuse('Request logs cannot be set by a client: the server was given no --request_log_folder.');
  if (prefix === '' || isAbsolute(prefix) || normalize(prefix).split(/[\\/]/).includes('..'))
    throw refuse('A filename prefix is relative to the folder of the request logs, and stays in it.');
  return join(folder, prefix);
}
