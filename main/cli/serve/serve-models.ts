import { unwatchFile, watchFile } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, setUnexpectedReporter } from '../../../app/base/errors';
import type { ModelEvent } from '../../../app/contract/models';
import { version as ownVersion } from '../../../package.json';
import { loggingOf } from '../../config/logging-of';
import type { ServerConfig } from '../../config/server-config';
import { createTokenFile } from '../../endpoints/auth/token-file';
import { TokenStore } from '../../endpoints/auth/token-store';
import { BatchService } from '../../endpoints/batches/batch-service';
import { EnginePort } from '../../endpoints/engine-port';
import { defaultLimits } from '../../endpoints/limits';
import { type Endpoints, type ListenAt, startEndpoints } from '../../endpoints/server';
import { messageOf } from '../../endpoints/statuses';
import type { TlsSettings } from '../../endpoints/tls';
import { createEngine } from '../../engine';
import { entriesOf } from '../../engine/apply-configuration';
import type { Engine, ServingOptions } from '../../engine-api';
import type { RunnerOptions } from '../../runner/protocol';
import { createNodeSpawn } from '../../runner/spawn-node';
import type { Lifetime } from '../lifetime';
import { configurationOf } from './configuration';
import type { PortFlag, ServeFlags } from './flags';
import { log } from './server-log';
import { openLogs, type ServerLogs } from './server-logs';
import { defaultMetricsPath, readBatchingParameters, readMetricsPath, readSslConfig } from './text-files';

const tokenPollMs = 2_000;

/** Runs the server until it is asked to stop. Throws `AppError` when it cannot start; nothing is left open then. */
export async function serveModels(
  flags: ServeFlags,
  meaningless: readonly string[],
  lifetime: Lifetime,
  runnerPath: string,
): Promise<void> {
  setUnexpectedReporter((error) =>
    log('error', 'unexpected', { error: error instanceof Error ? error.stack : String(error) }),
  );
  if (meaningless.length > 0) log('warn', 'flags_without_meaning', { flags: meaningless });
  const configuration = configurationOf(flags);
  const first = await configuration.read();
  const memory = first.kind === 'list' ? (first.resources?.memoryBytes ?? null) : null;
  const work = await mkdtemp(join(tmpdir(), 'slipway-serve-')); // what batches take while they are there
  await lifetime.own({ close: () => rm(work, { recursive: true, force: true }) });
  const engine = await lifetime.own(
    await createEngine({
      spawnRunner: createNodeSpawn(runnerPath),
      jobs: { file: join(work, 'jobs.db'), partsFolder: join(work, 'parts'), isBackground: true },
      stateFolder: null,
      ...(flags.event_log_folder === undefined ? {} : { eventFolder: flags.event_log_folder }),
      models: entriesOf(first),
      samplesFolder: null,
      settings: {
        ...(memory === null ? {} : { memoryBudgetBytes: memory }),
        ...(flags.max_num_load_retries === undefined ? {} : { maxLoadRetries: flags.max_num_load_retries }),
        ...safetyScan(flags),
      },
      serving: await servingOptions(flags),
    }),
  );
  engine.models.onDidLog((events) => events.forEach(logModelEvent));
  const logs = await lifetime.own(await openLogs(flags));
  await applyConfiguration(engine, logs, first);
  const { endpoints, close } = await openEndpoints(flags, engine, logs, join(work, 'uploads'));
  await lifetime.own({ close });
  process.stdout.write(`${announcement(endpoints, flags)}\n`);

  const apply = async (config: ServerConfig, why: string): Promise<void> => {
    try {
      const report = await applyConfiguration(engine, logs, config);
      log('info', 'configuration_applied', { why, ...report });
    } catch (thrown) {
      refused(AppError.from(thrown), why);
    }
  };
  await configuration.watch(
    (config) => void apply(config, 'file'),
    (error) => refused(error, 'file'),
  );
  lifetime.onSignal('SIGHUP', () => {
    configuration.read().then(
      (config) => apply(config, 'SIGHUP'),
      (thrown: unknown) => refused(AppError.from(thrown), 'SIGHUP'),
    );
    for (const { name } of engine.models.snapshot().models) void engine.models.rescan(name);
  });
  const signal = await untilStopped(lifetime);
  log('info', 'draining', { signal, withinSeconds: flags.drain_seconds });
  configuration.dispose();
  await close();
  await engine.close();
  await rm(work, { recursive: true, force: true });
  log('info', 'stopped');
}

/** With its request logs, or not at all. */
async function applyConfiguration(engine: Engine, { requests }: ServerLogs, config: ServerConfig) {
  const prepared = await requests.prepare(loggingOf(config));
  try {
    const report = await engine.models.applyConfiguration(config);
    await prepared.commit();
    return report;
  } catch (thrown) {
    await prepared.discard();
    throw thrown;
  }
}

const refused = (error: AppError, why: string): void =>
  log('error', 'configuration_refused', {
    why,
    code: error.code,
    message: messageOf(error),
  });

/** A second signal ends at once. */
async function untilStopped(lifetime: Lifetime): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      lifetime.onSignal(signal, () => {
        lifetime.onSignal('SIGTERM', null);
        lifetime.onSignal('SIGINT', null);
        resolve(signal);
      });
  });
}

/** 0 lists folders only when the system tells of a change. */
const safetyScan = ({ file_system_poll_wait_seconds: seconds }: ServeFlags) =>
  seconds === undefined ? {} : { safetyScanMs: seconds === 0 ? 3_600_000 : Math.max(100, seconds * 1_000) };

async function servingOptions(flags: ServeFlags): Promise<ServingOptions> {
  const { num_load_threads: threads, load_retry_interval_micros: micros } = flags;
  return {
    ...(threads === undefined || threads === 0 ? {} : { loadsAtOnce: threads }),
    ...(micros === undefined ? {} : { loadRetryIntervalMs: micros / 1_000 }),
    runner: await runnerOptions(flags),
  };
}

async function runnerOptions(flags: ServeFlags): Promise<RunnerOptions> {
  const { enable_batching: isBatched, batching_parameters_file: file, enable_model_warmup: isWarm } = flags;
  const iterations = flags.num_request_iterations_for_warmup;
  const threads = flags.tensorflow_intra_op_parallelism || flags.tensorflow_session_parallelism;
  const isByModel = flags.enable_per_model_batching_parameters === true;
  const batching =
    isBatched === false
      ? { batching: 'off' as const }
      : isBatched === true && !isByModel
        ? { batching: file === undefined ? {} : await readBatchingParameters(file) }
        : {};
  const warmUp = {
    ...(isWarm === undefined ? {} : { isEnabled: isWarm }),
    ...(iterations ? { requestIterations: iterations } : {}),
  };
  return {
    ...(threads ? { intraOpThreads: threads } : {}),
    ...batching,
    ...(Object.keys(warmUp).length > 0 ? { warmUp } : {}),
  };
}

async function openEndpoints(
  flags: ServeFlags,
  engine: Engine,
  logs: ServerLogs,
  uploads: string,
): Promise<{ readonly endpoints: Endpoints; readonly close: () => Promise<void> }> {
  const port = new EnginePort(engine, logs.prepareForClient);
  const batches = await BatchService.open({
    jobs: engine.jobs,
    folder: uploads,
    inputRoot: flags.batch_input_root ?? null,
    mostBytes: defaultLimits.maxInflatedBytes,
  });
  const tokens = flags.token_file === undefined ? null : await watchedTokens(flags.token_file);
  let isEqual = false;
  if (flags.port !== 'off' && flags.port !== 0 && flags.port === flags.rest_api_port) {
    isEqual = true;
    log('warn', 'rest_api_skipped', { reason: '--rest_api_port is the same as --port' });
  }
  const endpoints = await startEndpoints({
    port,
    batches,
    rest: isEqual ? null : listenAt(flags.host, flags.rest_api_port),
    grpc: listenAt(flags.host, flags.port),
    grpcSocketPath: flags.grpc_socket_path,
    whenPortIsTaken: 'fail',
    tokens: tokens?.store ?? null,
    tls: await tlsOf(flags),
    limits: { answerTimeoutMs: flags.rest_api_timeout_in_ms },
    nonFinite: flags.non_finite_json,
    isCorsEnabled: flags.rest_api_enable_cors_support ?? false,
    metricsPath:
      flags.monitoring_config_file === undefined
        ? defaultMetricsPath
        : await readMetricsPath(flags.monitoring_config_file),
    hostNames: flags.allowed_hosts,
    version: ownVersion,
    observe: logs.observe,
    requestLogs: logs.requests,
  });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await endpoints.close(flags.drain_seconds * 1_000);
    tokens?.dispose();
    port.dispose();
    batches.dispose();
    await logs.close();
  };
  return {
    endpoints,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

const listenAt = (host: string, port: PortFlag): ListenAt | null => (port === 'off' ? null : { host, port });

/** Takes up what `slipway token` changes meanwhile. */
async function watchedTokens(path: string) {
  const store = await TokenStore.open(createTokenFile(path));
  if (store.size === 0) log('warn', 'no_tokens', { reason: 'nobody gets in before a token is made' });
  watchFile(path, { interval: tokenPollMs, persistent: false }, () => {
    store.refresh().then(
      () => log('info', 'tokens_read', { count: store.size }),
      (thrown: unknown) => log('error', 'tokens_refused', { message: AppError.from(thrown).message }),
    );
  });
  return { store, dispose: () => unwatchFile(path) };
}

async function tlsOf(flags: ServeFlags): Promise<TlsSettings | null> {
  if (flags.ssl_config_file !== undefined) return readSslConfig(flags.ssl_config_file);
  const { tls_key: key, tls_cert: cert, tls_client_ca: clientCa = null } = flags;
  return key === undefined || cert === undefined ? null : { key, cert, clientCa };
}

function announcement({ rest, grpc }: Endpoints, flags: ServeFlags): string {
  const isTls = flags.ssl_config_file !== undefined || flags.tls_key !== undefined;
  const text = (at: ListenAt): string => `${at.host.includes(':') ? `[${at.host}]` : at.host}:${at.port}`;
  const http = rest ? `${isTls ? 'https' : 'http'}://${text(rest)}` : 'off';
  return `listening rest=${http} grpc=${grpc ? text(grpc) : 'off'}`;
}

function logModelEvent({ model, version, kind, cause, params, error }: ModelEvent): void {
  const level = error === null ? 'info' : 'warn';
  log(level, 'model', { model, version, kind, cause, params, error });
}
