import { createServer } from 'node:http';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

// What somebody writes who needs no more: node:http, onnxruntime and sharp in one process. `small` takes the JSON of
// TensorFlow Serving for Fashion-MNIST, `jpeg` encoded pictures for MobileNetV2.

const [kind, modelFile = ''] = process.argv.slice(2);
const side = 224;
const mean = [0.485, 0.456, 0.406];
const deviation = [0.229, 0.224, 0.225];

const session = await InferenceSession.create(modelFile, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const [input = ''] = session.inputNames;
const [output = ''] = session.outputNames;

async function small(body: Buffer): Promise<unknown> {
  const { instances } = JSON.parse(body.toString());
  const data = Float32Array.from(instances.flat(Number.POSITIVE_INFINITY));
  const answer = await session.run({ [input]: new Tensor('float32', data, [instances.length, 1, 28, 28]) });
  return { predictions: rows(answer[output]?.data as Float32Array, instances.length) };
}

async function jpeg(body: Buffer): Promise<unknown> {
  const pixels = await sharp(body).resize(side, side, { fit: 'fill' }).removeAlpha().raw().toBuffer();
  const data = new Float32Array(3 * side * side);
  for (let channel = 0; channel < 3; channel++)
    for (let at = 0; at < side * side; at++)
      data[channel * side * side + at] =
        ((pixels[at * 3 + channel] ?? 0) / 255 - (mean[channel] ?? 0)) / (deviation[channel] ?? 1);
  const answer = await session.run({ [input]: new Tensor('float32', data, [1, 3, side, side]) });
  const values = [...((answer[output]?.data ?? []) as Float32Array)];
  const scores = values.map((score, index) => ({ index, score }));
  return { classes: scores.sort((a, b) => b.score - a.score).slice(0, 5) };
}

function rows(values: Float32Array, count: number): readonly (readonly number[])[] {
  const width = values.length / count;
  return Array.from({ length: count }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
}

const answer = kind === 'jpeg' ? jpeg : small;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    answer(Buffer.concat(chunks)).then(
      (value) => {
        const text = JSON.stringify(value);
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
        });
        response.end(text);
      },
      (thrown: unknown) => {
        response.writeHead(500);
        response.end(String(thrown));
      },
    );
  });
});
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
process.on('disconnect', () => process.exit(0));
