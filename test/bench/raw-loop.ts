import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { indexOfMax } from './raw-classifier';

// A tight loop of sharp and onnxruntime over one picture, in a process of its own, with nothing around them: it decodes ahead in sharp's
// threads while the model runs in its own. It is told how long to go on, and answers how many pictures it did.

const [modelFile = '', pictureFile = '', threads = '1'] = process.argv.slice(2);
const side = 224;
const shortSide = 256;
const mean = [0.485, 0.456, 0.406] as const;
const deviation = [0.229, 0.224, 0.225] as const;
/** As many as keep sharp's pool busy while the model runs. */
const decodesAhead = 4;

sharp.concurrency(1);
sharp.cache(false);
const picture = await readFile(pictureFile);
const { width = side, height = side } = await sharp(picture).metadata();
const scale = shortSide / Math.min(width, height);
const scaled = { width: Math.round(width * scale), height: Math.round(height * scale) };
const crop = {
  left: Math.floor((scaled.width - side) / 2),
  top: Math.floor((scaled.height - side) / 2),
  width: side,
  height: side,
};
const fed = (channel: number): Float32Array =>
  Float32Array.from(
    { length: 256 },
    (_, value) => (value / 255 - (mean[channel] ?? 0)) / (deviation[channel] ?? 1),
  );
const session = await InferenceSession.create(modelFile, {
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
});
const [input = ''] = session.inputNames;
const [output = ''] = session.outputNames;

const decode = (): Promise<Uint8Array> =>
  sharp(picture, { sequentialRead: true })
    .resize({ ...scaled, fit: 'fill', kernel: 'cubic' })
    .extract(crop)
    .raw()
    .toBuffer();

const data = new Float32Array(3 * side * side);
const [red, green, blue] = [0, 1, 2].map((channel) => fed(channel));
function prepare(rgb: Uint8Array): void {
  const plane = side * side;
  if (!red || !green || !blue) return;
  for (let at = 0, source = 0; at < plane; at++, source += 3) {
    data[at] = red[rgb[source] ?? 0] ?? 0;
    data[plane + at] = green[rgb[source + 1] ?? 0] ?? 0;
    data[2 * plane + at] = blue[rgb[source + 2] ?? 0] ?? 0;
  }
}

async function run(durationMs: number): Promise<number> {
  const ahead = Array.from({ length: decodesAhead }, decode);
  const until = performance.now() + durationMs;
  let count = 0;
  let winner = -1;
  while (performance.now() < until) {
    const rgb = await ahead.shift();
    ahead.push(decode());
    if (rgb) prepare(rgb);
    const answer = await session.run({ [input]: new Tensor('float32', data, [1, 3, side, side]) });
    winner = indexOfMax(answer[output]?.data as Float32Array);
    count++;
  }
  await Promise.all(ahead);
  if (winner < 0) throw new Error('The model gave nothing');
  return count;
}

process.on('disconnect', () => process.exit(0));
process.on('message', (durationMs: number) => {
  run(durationMs).then(
    (count) => process.send?.(count),
    (thrown: unknown) => {
      console.error(thrown);
      process.exit(1);
    },
  );
});
process.send?.('ready');
