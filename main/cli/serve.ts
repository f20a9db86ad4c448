import { join } from 'node:path';
import type { Command } from 'commander';
import { exitCodes } from './exit-codes';
import type { Lifetime } from './lifetime';
import { addServeFlags, meaninglessFlags, type ServeFlags } from './serve/flags';
import { UsageError } from './usage-error';

const examples = `
Flags have the names of TensorFlow Serving's tensorflow_model_server: --flag=value, --flag value, and --flag for true.
When it answers, it prints one line to stdout:  listening rest=http://HOST:PORT grpc=HOST:PORT
Everything else is JSON on stderr, one object a line. SIGHUP reads the configuration again; SIGTERM and SIGINT finish what is in
flight, unload, and exit with 0.

Examples:
  slipway serve --model_name=digits --model_base_path=./digits
  slipway serve --model_config_file=models.config --model_config_file_poll_wait_seconds=10
  slipway serve --host=0.0.0.0 --token_file=tokens.json --model_config_file=models.yaml

Exit codes: 0 it was asked to stop, 1 it could not start, 2 wrong usage.`;

/** `slipway serve`: the engine without a window, behind every protocol. */
export function addServeCommand(program: Command, lifetime: Lifetime): void {
  const command = program
    .command('serve')
    .description('serve models to programs: REST, gRPC and the Open Inference Protocol')
    .addHelpText('after', examples);
  addServeFlags(command).action(async (flags: ServeFlags) => {
    checkFlags(flags);
    const { serveModels } = await import('./serve/serve-models'); // heavy, and not needed for what is refused above
    await serveModels(flags, meaninglessFlags(command), lifetime, join(__dirname, 'runner.cjs'));
    process.exitCode = exitCodes.done;
  });
}

/** What a single flag cannot know. */
function checkFlags(flags: ServeFlags): void {
  if (flags.batching_parameters_file !== undefined && flags.enable_batching !== true)
    throw new UsageError('--batching_parameters_file supplied without --enable_batching');
  if ((flags.tls_key === undefined) !== (flags.tls_cert === undefined))
    throw new UsageError('--tls_key and --tls_cert belong together');
  if (flags.tls_client_ca !== undefined && flags.tls_key === undefined)
    throw new UsageError('--tls_client_ca needs --tls_key and --tls_cert');
  if (flags.ssl_config_file !== undefined && flags.tls_key !== undefined)
    throw new UsageError('--ssl_config_file and --tls_key exclude each other');
  if (flags.port === 'off' && flags.rest_api_port === 'off' && flags.grpc_socket_path === undefined)
    throw new UsageError(
      'Nobody could call: leave --port or --rest_api_port on, or give a --grpc_socket_path',
    );
}
