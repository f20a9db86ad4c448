import Table from 'cli-table3';
import { type Command, InvalidArgumentError } from 'commander';
import { createTokenFile } from '../endpoints/auth/token-file';
import { type TokenScope, tokenScopes } from '../endpoints/auth/token-scope';
import { TokenStore } from '../endpoints/auth/token-store';

interface FileOption {
  readonly tokenFile: string;
}

interface CreateOptions extends FileOption {
  readonly scope: readonly TokenScope[];
}

const examples = `
A running server that was started with --token_file=FILE takes up every change within two seconds.
infer asks models, read sees what there is, admin changes it and includes the others.

Examples:
  slipway token create camera --scope infer --token-file tokens.json
  slipway token list --token-file tokens.json
  slipway token revoke 4f1d0c2ab93e --token-file tokens.json`;

/** `slipway token create|list|revoke`: who may call a server. */
export function addTokenCommand(program: Command): void {
  const token = program
    .command('token')
    .description('make, list and revoke the access tokens of a server')
    .addHelpText('after', examples);
  const withFile = (command: Command): Command =>
    command.requiredOption('--token-file <FILE>', 'the file that slipway serve --token_file reads');

  withFile(token.command('create'))
    .description('make a token and print it: it is shown this once and nowhere kept')
    .argument('<NAME>', 'whom it is for, as the log names them')
    .option('--scope <SCOPES>', `what it allows: ${tokenScopes.join(', ')}`, parseScopes, ['infer', 'read'])
    .action(async (name: string, { tokenFile, scope }: CreateOptions) => {
      const store = await TokenStore.open(createTokenFile(tokenFile));
      const made = await store.create(name, scope, Date.now());
      process.stderr.write(`Token ${made.id} for ${name}: ${scope.join(', ')}\n`);
      process.stdout.write(`${made.token}\n`);
    });

  withFile(token.command('list'))
    .description('list the tokens: who they are for and what they allow')
    .option('--json', 'print JSON instead of a table')
    .action(async ({ tokenFile, json }: FileOption & { readonly json?: boolean }) => {
      const tokens = (await TokenStore.open(createTokenFile(tokenFile))).list();
      process.stdout.write(json ? `${JSON.stringify(tokens, null, 2)}\n` : drawTokens(tokens));
    });

  withFile(token.command('revoke'))
    .description('revoke a token')
    .argument('<ID>', 'its id, as list shows it')
    .action(async (id: string, { tokenFile }: FileOption) => {
      await (await TokenStore.open(createTokenFile(tokenFile))).revoke(id);
    });
}

function drawTokens(tokens: ReturnType<TokenStore['list']>): string {
  const table = new Table({ head: ['id', 'name', 'scopes', 'made'], style: { head: [], border: [] } });
  for (const { id, name, scopes, createdAtMs } of tokens)
    table.push([id, name, scopes.join(', '), new Date(createdAtMs).toISOString()]);
  return `${table.toString()}\n`;
}

function parseScopes(text: string): readonly TokenScope[] {
  return [...new Set(text.split(',').map((it) => parseScope(it.trim())))];
}

function parseScope(text: string): TokenScope {
  const scope = tokenScopes.find((known) => known === text);
  if (!scope) throw new InvalidArgumentError(`A scope is one of ${tokenScopes.join(', ')}.`);
  return scope;
}
