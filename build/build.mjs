import { exclusively } from './lock.mjs';
import { ensureModules } from './modules.mjs';
import { build } from './sources.mjs';
import { runCommand } from './terminal.mjs';

await runCommand(async () => {
  await ensureModules();
  await exclusively('build', build);
  return 0;
});
