import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareAnswers } from '../../../main/cli/replay/compare-answers';
import { type LogEntry, readLog } from '../../../main/cli/replay/read-log';
import { LineFile } from '../../../main/endpoints/line-file';
import { createFileCollector, requestFile } from '../../../main/endpoints/request-file';
import { failureOf } from '../../support/app-errors';
import { httpWorld } from '../../support/http-world';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-logs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trim().split('\n');

describe('a file of lines', () => {
  test('goes on where it was left, and turns over when it is full, without losing a line', async () => {
    const path = join(folder, 'deep', 'lines');
    const first = await LineFile.open(path);
    first.append('before');
    await first.close();
    const second = await LineFile.open(path, { maxBytes: 20 });
    for (const line of ['12345678', 'abcdefgh', 'last']) second.append(line);
    await second.close();
    expect([...linesOf(`${path}.1`), ...linesOf(path)]).toEqual(['before', '12345678', 'abcdefgh', 'last']);
    expect(linesOf(`${path}.1`)).toEqual(['before', '12345678']);
  });

  test('drops what would wait for too long, and counts it', async () => {
    const path = join(folder, 'slow');
    const file = await LineFile.open(path, { maxWaitingBytes: 10 });
    for (const line of ['12345', '12345', '12345']) file.append(line);
    expect(file.dropped).toBe(2);
    await file.close();
    expect(linesOf(path)).toEqual(['12345']);
  });

  test('that cannot be written is told at once', async () => {
    const path = join(folder, 'taken');
    writeFileSync(path, '');
    const failure = await failureOf(() => LineFile.open(join(path, 'below')));
    expect(failure.code).toBe('INVALID_ARGUMENT');
    expect(failure.message).not.toContain(folder);
  });
});

describe('a log of requests', () => {
  test('holds what is needed to ask again; what is no request is passed over', async () => {
    const prefix = join(folder, 'requests');
    const collector = await createFileCollector({
      collector: { type: 'file', filenamePrefix: prefix },
      samplingRate: 1,
    });
    const { ask, records } = await httpWorld();
    await ask('/v1/models/m/versions/2:predict', { body: '{"instances":[1]}' });
    await ask('/v1/models/m');
    for (const record of records) collector.collect(record);
    await collector.close();
    writeFileSync(requestFile(prefix), '{"v":1,"half', { flag: 'a' });
    const entries: LogEntry[] = [];
    for await (const entry of readLog(requestFile(prefix))) entries.push(entry);
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({
      api: 'Predict',
      model: 'm',
      version: 2,
      codec: 'tfs-json',
      status: 'OK',
    });
    expect(Buffer.from(entries[0]?.request ?? []).toString()).toBe('{"instances":[1]}');
    expect(JSON.parse(Buffer.from(entries[0]?.response ?? []).toString())).toEqual({ predictions: [3] });
    expect(entries[1]).toBeNull();
  });

  test('another type of collector cannot be made', async () => {
    const config = { collector: { type: 'kafka', filenamePrefix: 'x' }, samplingRate: 1 };
    expect((await failureOf(() => createFileCollector(config))).code).toBe('INVALID_ARGUMENT');
  });
});

describe('two answers', () => {
  const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
  const predict = { codec: 'tfs-json', params: { method: 'predict' } } as const;
  const image = { codec: 'image', params: { method: 'classify' } } as const;

  test.each([
    [true, { predictions: [[0.5, 1e6]] }, { predictions: [[0.50001, 1e6 + 1]] }],
    [false, { predictions: [0.5] }, { predictions: [0.6] }],
    [false, { predictions: [0.5] }, { predictions: [0.5, 0.5] }],
    [true, { a: null, id: 'x' }, { a: null, id: 'y' }],
    [false, { a: null }, { a: 0 }],
  ])('%s: the same but for the last digits', (isSame, before, now) => {
    expect(compareAnswers(predict, json(before), json(now))).toEqual({ isSame, isSameTop: null });
  });

  test('line by line are compared without the times that they took', () => {
    const lines = (first: number, ms: number): Uint8Array =>
      Buffer.from(
        [first, 2]
          .map(
            (index) =>
              `${JSON.stringify({ index: 0, classes: [{ index, probability: 0.9 }], timings_ms: { run: ms } })}\n`,
          )
          .join(''),
      );
    const request = { codec: 'image', params: { method: 'classify', isLineDelimited: true } } as const;
    expect(compareAnswers(request, lines(1, 3), lines(1, 4))).toEqual({ isSame: true, isSameTop: true });
    expect(compareAnswers(request, lines(1, 3), lines(3, 3))).toEqual({ isSame: false, isSameTop: false });
  });

  test('of pictures agree on the first class, or not', () => {
    const answer = (index: number, probability: number) =>
      json({ version: index, results: [{ classes: [{ index, label: 'x', probability }], timings_ms: {} }] });
    expect(compareAnswers(image, answer(1, 0.9), answer(1, 0.6))).toEqual({ isSame: false, isSameTop: true });
    expect(compareAnswers(image, answer(1, 0.9), answer(2, 0.9))).toEqual({
      isSame: false,
      isSameTop: false,
    });
  });
});
