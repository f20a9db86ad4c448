import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { builtCli } from '../../support/built-cli';
import { temporaryFolder } from '../../support/temp-folder';

const folder = temporaryFolder();

test.skipIf(process.platform === 'win32')(
  'a server that npx started ends with npx',
  async () => {
    const cli = await builtCli();
    // what npx starts: a shell, which gets the signals and gives none of them on
    const shell = spawn(
      'sh',
      [
        '-c',
        `"${process.execPath}" "${cli}" serve --port=0 --rest_api_port=0 --model_base_path="${folder.path}"; true`,
      ],
      {
        env: { ...process.env, npm_command: 'exec' },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    const [line] = await once(createInterface({ input: shell.stdout }), 'line');
    expect(line).toMatch(/^listening rest=/);
    shell.kill('SIGTERM');
    await once(shell, 'close'); // only once the server has let go of the output
  },
  60_000,
);
