// What `electron FOLDER` does by itself in a development build: start the app in the first argument that is no switch.
const { readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { app } = require('electron');

const folder = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (folder === undefined) {
  console.error('Give the folder of the app.');
  process.exit(2);
}
const path = resolve(folder);
const { name, productName, version, main } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
process.defaultApp = true;
app.setAppPath(path);
app.setName(productName ?? name);
app.setVersion(version);
require(join(path, main));
