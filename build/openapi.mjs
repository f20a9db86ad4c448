import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { at, cache, root } from './paths.mjs';
import { run } from './process.mjs';
import { runCommand, say } from './terminal.mjs';

/** Writes `docs/openapi.json` out of the routes' descriptions. A test fails while the two differ. */
await runCommand(async () => {
  const folder = join(cache, 'openapi');
  const { build } = await import('vite');
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    build: {
      ssr: at('main/endpoints/openapi/document.ts'),
      outDir: folder,
      emptyOutDir: true,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'document.mjs' } },
    },
  });
  const { openApiDocument } = await import(pathToFileURL(join(folder, 'document.mjs')).href);
  const own = JSON.parse(await readFile(at('package.json'), 'utf8'));
  const file = at('docs/openapi.json');
  await writeFile(file, `${JSON.stringify(openApiDocument(own.version), null, 2)}\n`);
  await run(process.execPath, [at('node_modules/@biomejs/biome/bin/biome'), 'format', '--write', file]);
  say('openapi', 'written to docs/openapi.json');
  return 0;
});
