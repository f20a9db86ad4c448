// Imported before anything that an older Node lacks, so that the reason is told and not a stack trace.

const least = /** @type {const} */ ([20, 19]);

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < least[0] || (major === least[0] && minor < least[1])) {
  console.error(`Slipway needs Node ${least.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
