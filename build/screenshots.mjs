import { nodeModule, run } from './process.mjs';
import { setup } from './setup.mjs';
import { runCommand } from './terminal.mjs';

/** Takes the pictures of the docs from the running app: the Playwright project `screenshots`. */
await runCommand(async () => {
  await setup();
  const { code } = await run(
    process.execPath,
    [...nodeModule('@playwright/test/cli.js'), 'test', '--project=screenshots', ...process.argv.slice(2)],
    { show: true },
  );
  return code;
});
