import { type Command, InvalidArgumentError, Option } from 'commander';
import type { NonFinite } from '../../runner/codecs/codec';

/** A port to listen on, 0 for a free one; `off` does not listen. */
export type PortFlag = number | 'off';

/** What was said on the command line; absent where nothing was. */
export interface ServeFlags {
  readonly port: PortFlag;
  readonly rest_api_port: PortFlag;
  readonly rest_api_timeout_in_ms: number;
  readonly rest_api_enable_cors_support?: boolean;
  readonly grpc_socket_path?: string;
  readonly model_name: string;
  readonly model_base_path?: string;
  readonly model_config_file?: string;
  readonly model_config_file_poll_wait_seconds: number;
  readonly file_system_poll_wait_seconds?: number;
  readonly num_load_threads?: number;
  readonly max_num_load_retries?: number;
  readonly load_retry_interval_micros?: number;
  readonly enable_batching?: boolean;
  readonly batching_parameters_file?: string;
  readonly enable_per_model_batching_parameters?: boolean;
  readonly enable_model_warmup?: boolean;
  readonly num_request_iterations_for_warmup?: number;
  readonly monitoring_config_file?: string;
  readonly ssl_config_file?: string;
  readonly tensorflow_session_parallelism?: number;
  readonly tensorflow_intra_op_parallelism?: number;

  // what TensorFlow Serving does not have
  readonly host: string;
  readonly allowed_hosts: readonly string[];
  readonly token_file?: string;
  readonly tls_key?: string;
  readonly tls_cert?: string;
  readonly tls_client_ca?: string;
  readonly non_finite_json: NonFinite;
  readonly drain_seconds: number;
  readonly log_requests?: boolean;
  readonly event_log_folder?: string;
  readonly audit_log_file?: string;
  readonly request_log_file?: string;
  readonly request_log_sampling_rate: number;
  readonly request_log_folder?: string;
  readonly batch_input_root?: string;
}

/** Accepted since they are on by themselves here, so that nobody has to be told. */
const alwaysOn = [
  'allow_version_labels_for_unavailable_models',
  'force_allow_any_version_labels_for_unavailable_models',
  'enable_grpc_healthcheck_service',
];

/** Flags of TensorFlow Serving that mean nothing here. Source: tensorflow_serving/model_servers/main.cc. */
const withoutMeaning = [
  'enable_cors_support',
  'enable_profiler',
  'enable_serialization_as_tensor_content',
  'enable_signature_method_name_check',
  'enforce_session_run_timeout',
  'flush_filesystem_caches',
  'grpc_channel_arguments',
  'grpc_max_threads',
  'mixed_precision',
  'num_tflite_interpreters_per_pool',
  'num_tflite_pools',
  'num_unload_threads',
  'per_process_gpu_memory_fraction',
  'platform_config_file',
  'prefer_tflite_model',
  'remove_unused_fields_from_bundle_metagraph',
  'rest_api_num_threads',
  'saved_model_tags',
  'skip_initialize_tpu',
  'tensorflow_inter_op_parallelism',
  'tensorflow_session_config_file',
  'thread_pool_factory_config_file',
  'use_alts_credentials',
  'use_tflite_model',
  'xla_cpu_compilation_enabled',
] as const;

/** Adds the flags to a command, in the names and forms of TensorFlow Serving: `--flag=value`, `--flag value`, `--flag` for true. */
export function addServeFlags(command: Command): Command {
  const add = (flag: string, description: string, parse: (text: string) => unknown, fallback?: unknown) => {
    const option = new Option(flag, description).argParser(parse);
    command.addOption(fallback === undefined ? option : option.default(fallback));
  };
  const toggle = (name: string, description: string): void => {
    command.addOption(
      new Option(`--${name} [true|false]`, description).argParser(parseBoolean).preset('true'),
    );
  };
  const text = (value: string): string => value;
  add('--port <N>', 'gRPC port; 0 picks a free one, "off" opens none', parsePort, 8_500);
  add('--rest_api_port <N>', 'HTTP port; 0 picks a free one, "off" opens none', parsePort, 8_501);
  add('--rest_api_timeout_in_ms <N>', 'how long a model may take to answer', parseWhole(1), 30_000);
  toggle('rest_api_enable_cors_support', 'let web pages of any site call');
  add('--grpc_socket_path <PATH>', 'listen for gRPC on this UNIX socket as well', text);
  add('--model_name <NAME>', 'name of the model in --model_base_path', text, 'default');
  add('--model_base_path <DIR>', 'folder of the one model to serve', text);
  add('--model_config_file <FILE>', 'the models: models.config of TensorFlow Serving, or YAML or JSON', text);
  add(
    '--model_config_file_poll_wait_seconds <S>',
    'read that file again this often; 0: never',
    parseSeconds,
    0,
  );
  add(
    '--file_system_poll_wait_seconds <S>',
    'list model folders this often, beside watching them',
    parseSeconds,
  );
  add('--num_load_threads <N>', 'how many versions load at once', parseWhole(0));
  add('--max_num_load_retries <N>', 'how often a failed load is tried again', parseWhole(0));
  add(
    '--load_retry_interval_micros <N>',
    'time between tries; without it each wait is longer',
    parseWhole(0),
  );
  toggle('enable_batching', 'put requests together into one run (decided by measuring when not given)');
  add('--batching_parameters_file <FILE>', 'BatchingParameters; needs --enable_batching', text);
  toggle('enable_per_model_batching_parameters', 'take them from each version’s batching_params.pbtxt');
  toggle('enable_model_warmup', 'run recorded requests before a version is available (default: true)');
  add('--num_request_iterations_for_warmup <N>', 'how often each of them is run', parseWhole(0));
  add('--monitoring_config_file <FILE>', 'MonitoringConfig: whether and where metrics are served', text);
  add('--ssl_config_file <FILE>', 'SSLConfig, for gRPC and HTTP', text);
  add('--tensorflow_session_parallelism <N>', 'threads of one run', parseWhole(0));
  add('--tensorflow_intra_op_parallelism <N>', 'threads of one run', parseWhole(0));

  add(
    '--host <ADDRESS>',
    'address to listen on; others than this machine’s need tokens or client certificates',
    text,
    '127.0.0.1',
  );
  add('--allowed_hosts <NAMES>', 'names under which clients may call a loopback address', parseList, []);
  add('--token_file <FILE>', 'ask clients for a token of this file (slipway token)', text);
  add('--tls_key <FILE>', 'private key, PEM', text);
  add('--tls_cert <FILE>', 'certificate chain, PEM', text);
  add('--tls_client_ca <FILE>', 'ask clients for certificates signed by these', text);
  command.addOption(
    new Option('--non_finite_json <HOW>', 'how NaN and infinities are written in JSON')
      .choices(['null', 'string', 'bare'])
      .default('null'),
  );
  add('--drain_seconds <S>', 'how long a stop waits for requests in flight', parseSeconds, 10);
  toggle('log_requests', 'write every request to the log');
  add('--event_log_folder <DIR>', 'keep every event of the models there, for slipway events', text);
  add('--audit_log_file <FILE>', 'append every administrative call to this file', text);
  add(
    '--request_log_file <PREFIX>',
    'write a sample of the requests to PREFIX.jsonl, for slipway replay',
    text,
  );
  add('--request_log_sampling_rate <SHARE>', 'which share of them, 0 to 1', parseShare, 0.01);
  add(
    '--request_log_folder <DIR>',
    'a client that reloads the configuration may have requests logged to files in this folder',
    text,
  );
  add(
    '--batch_input_root <DIR>',
    'a folder on this machine; clients may ask for batches over folders below it',
    text,
  );
  for (const name of [...alwaysOn, ...withoutMeaning])
    command.addOption(new Option(`--${name} [value]`).hideHelp());
  return command;
}

/** The flags without meaning that were given. */
export function meaninglessFlags(command: Command): readonly string[] {
  return withoutMeaning.filter((name) => command.getOptionValueSource(name) === 'cli');
}

function parsePort(text: string): PortFlag {
  if (text === 'off') return 'off';
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('A port is a whole number from 0 to 65535, or off.');
  return port;
}

const parseWhole =
  (least: number) =>
  (text: string): number => {
    const number = Number(text);
    if (!/^\d{1,15}$/.test(text) || number < least)
      throw new InvalidArgumentError(`It is a whole number of at least ${least}.`);
    return number;
  };

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds >= 0 && seconds <= 1e6))
    throw new InvalidArgumentError('It is a number of seconds, such as 30.');
  return seconds;
}

function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1))
    throw new InvalidArgumentError('It is a number from 0 to 1.');
  return share;
}

function parseBoolean(text: string): boolean {
  if (/^(true|1)$/i.test(text)) return true;
  if (/^(false|0)$/i.test(text)) return false;
  throw new InvalidArgumentError('It is true or false.');
}

const parseList = (text: string): readonly string[] =>
  text
    .split(',')
    .map((it) => it.trim())
    .filter((it) => it !== '');
