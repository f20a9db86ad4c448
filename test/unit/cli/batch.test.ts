import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import Database from 'libsql/promise';
import { dump, load } from 'npyjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtCli, runCli } from '../../support/built-cli';

const samples = resolve(import.meta.dirname, '../../../app/resources/samples');
const fashion = join(samples, 'models/fashion-mnist');
const pictures = readdirSync(join(samples, 'pictures')).filter((it) => it.endsWith('.png'));

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-batch-'));
  await builtCli();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder of so many pictures, in folders of a hundred; the sample's, again and again. */
function inputOf(name: string, count: number): string {
  for (let item = 0; item < count; item++) {
    const below = join(folder, name, String(Math.floor(item / 100)));
    if (item % 100 === 0) mkdirSync(below, { recursive: true });
    const picture = pictures[item % pictures.length] ?? '';
    copyFileSync(
      join(samples, 'pictures', picture),
      join(below, `${String(item).padStart(5, '0')}-${picture}`),
    );
  }
  return join(folder, name);
}
const rowsOf = (path: string): Record<string, string>[] =>
  parse(readFileSync(path), { columns: true }) as Record<string, string>[];

test('answers a folder with several versions; what is no picture is a row with an error, and the exit code says so', async () => {
  const input = inputOf('few', 24);
  writeFileSync(join(input, 'broken.png'), 'no picture');
  const output = join(folder, 'few.csv');
  const run = await runCli([
    'batch',
    fashion,
    '--versions',
    '1,3',
    '--input',
    input,
    '--output',
    output,
    '--top',
    '2',
  ]);
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toContain('25 pictures, 1 failed, in few.csv');
  expect(run.stderr).not.toContain('Warning');
  const rows = rowsOf(output);
  expect(rows).toHaveLength(50);
  expect(rows[0]).toMatchObject({
    picture: '0/00000-ankle-boot.png',
    version: '1',
    class_1: 'Ankle boot',
    error: '',
  });
  expect(
    rows.filter((it) => it['error'] !== '').map((it) => [it['picture'], it['version'], it['error']]),
  ).toEqual([
    ['broken.png', '1', 'PICTURE_UNREADABLE'],
    ['broken.png', '3', 'PICTURE_UNREADABLE'],
  ]);
  expect(rows[1]?.['model_hash']).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.parse(rows[1]?.['settings'] ?? '')).toMatchObject({ width: 28, height: 28 });
  expect(readdirSync(folder).filter((it) => it.includes('.batch'))).toEqual([]);
});

/** Ends a process by force as it says for the first time how far it is: not before something was kept, nor after its end. */
const endsAtFirstLine = `
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text, ...rest) => {
    if (/^\\d+ of \\d+ pictures/.test(text)) process.kill(process.pid, 'SIGKILL');
    return write(text, ...rest);
  };`;

test('kill -9, then --resume: what was answered is not asked again, and the rest is', async () => {
  const input = inputOf('many', 1_200);
  const output = join(folder, 'many.csv');
  const args = ['batch', fashion, '--versions', '2', '--input', input, '--output', output];
  const ending = join(folder, 'ending.cjs');
  writeFileSync(ending, endsAtFirstLine);
  const killed = spawn(process.execPath, ['--require', ending, await builtCli(), ...args], {
    stdio: 'ignore',
  });
  await once(killed, 'exit');
  const kept = `${output}.batch`;
  const db = new Database(kept, {});
  const counted = await db.prepare('SELECT count(answers) AS count FROM batch_items');
  const [answered] = (await counted.all()) as { count: number }[];
  const before = answered?.count ?? 0;
  expect(before).toBeGreaterThan(0);
  // Whatever were asked again would lose this mark.
  await db.exec(
    `UPDATE batch_items SET answers = replace(answers, '"label":"', '"label":"kept ') WHERE answers IS NOT NULL`,
  );
  db.close();

  const refused = await runCli(args);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--resume');
  const other = await runCli([...args, '--top', '1', '--resume']);
  expect(other.code).toBe(2);
  const resumed = await runCli([...args, '--resume']);
  expect(resumed).toMatchObject({ code: 0 });
  const rows = rowsOf(output);
  expect(rows).toHaveLength(1_200);
  expect(rows.filter((it) => it['class_1'] === '')).toEqual([]);
  expect(rows.filter((it) => it['class_1']?.startsWith('kept '))).toHaveLength(before);
  expect(existsSync(kept)).toBe(false);
}, 120_000);

test('rows of tensors in, the same out; a JSONL file is one of tensors when its lines name no pictures', async () => {
  const input = join(folder, 'rows.npy');
  const rows = Float32Array.from({ length: 3 * 28 * 28 }, (_, index) => (index % 255) / 255);
  writeFileSync(input, new Uint8Array(dump(rows, [3, 1, 28, 28])));
  const array = join(folder, 'logits.npy');
  const run = await runCli(['batch', fashion, '--versions', '2', '--input', input, '--output', array]);
  expect(run).toMatchObject({ code: 0, stdout: '' });
  expect(run.stderr).toContain('3 rows, 0 failed, in logits.npy');
  const { data, shape } = await load(readFileSync(array));
  expect(shape).toEqual([3, 10]);

  const lines = join(folder, 'rows.jsonl');
  const first = [Array.from({ length: 28 }, (_, y) => [...rows.subarray(y * 28, (y + 1) * 28)])];
  writeFileSync(lines, `${JSON.stringify({ image: first })}\n[1, 2]\n`);
  const output = join(folder, 'logits.jsonl');
  const other = await runCli(['batch', fashion, '--versions', '2', '--input', lines, '--output', output]);
  expect(other.code).toBe(1);
  const [answer, failed] = readFileSync(output, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answer.outputs.logits[9]).toBeCloseTo((data as unknown as Float32Array)[9] ?? 0, 3);
  expect(failed).toMatchObject({ row: 1, outputs: null, error: { code: 'TENSOR_MISMATCH' } });
  const two = await runCli(['batch', fashion, '--versions', '1,2', '--input', input, '--output', array]);
  expect(two.code).toBe(1);
  expect(two.stderr).toContain('.npz');
  expect(readdirSync(folder).filter((it) => it.includes('.batch'))).toEqual([]);
});

test('a folder without pictures is said to be one', async () => {
  const input = join(folder, 'none');
  mkdirSync(input);
  const { code, stderr } = await runCli([
    'batch',
    fashion,
    '--input',
    input,
    '--output',
    join(folder, 'n.csv'),
  ]);
  expect([code, stderr]).toEqual([0, expect.stringContaining('Nothing was found to ask about in none')]);
});

test('wrong usage is said before anything is started', async () => {
  const batch = (...args: string[]) => runCli(['batch', fashion, ...args]);
  expect(await batch('--input', folder, '--output', 'x.xlsx')).toMatchObject({ code: 2 });
  expect((await batch('--input', join(folder, 'nowhere'), '--output', 'x.csv')).stderr).toContain(
    'There is no',
  );
  expect(await batch('--input', folder, '--output', join(folder, 'x.csv'), '--versions', 'a')).toMatchObject({
    code: 2,
  });
  const picture = await batch('--input', join(samples, 'pictures/bag.png'), '--output', 'x.csv');
  expect([picture.code, picture.stderr]).toEqual([
    2,
    expect.stringContaining('is a picture. Give its folder'),
  ]);
  const lost = await batch('--input', folder, '--output', join(folder, 'nowhere', 'x.csv'));
  expect(lost).toMatchObject({ code: 2 });
  expect(lost.stderr).toContain('There is no folder for');
  const missing = await batch(
    '--input',
    inputOf('one', 1),
    '--output',
    join(folder, 'x.csv'),
    '--versions',
    '9',
  );
  expect(missing.code).toBe(1);
  expect(missing.stderr).toMatch(/version 9/i);
  expect(existsSync(join(folder, 'x.csv.batch'))).toBe(false);
});
