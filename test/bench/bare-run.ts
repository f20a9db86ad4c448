import { readFileSync } from 'node:fs';
import { rawFashionMnist } from './raw-classifier';

// A process that does with a model what has to be done and no more: load it, answer one picture, say so. Told to, it goes on.

const [modelFile = '', picture = ''] = process.argv.slice(2);
const encoded = readFileSync(picture);
const raw = await rawFashionMnist(modelFile);
await raw.classify(encoded);
process.send?.('ready');

process.on('message', async () => {
  for (;;) await raw.classify(encoded);
});
process.on('disconnect', () => process.exit(0));
