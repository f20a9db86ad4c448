import { mkdir, rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { explanationTexts, ruleTexts } from '../../../app/contract/messages/explanations.en';
import type { Engine, EngineOptions } from '../../../main/engine-api';
import { EngineBench, until, untilWords, versionOf } from './engine-bench';

let bench: EngineBench;
let engine: Engine;
beforeEach(async () => {
  bench = await EngineBench.create();
  for (const version of [1, 2, 3]) await bench.version('digits', version);
});
afterEach(() => bench.close());

async function start(more: Partial<EngineOptions> = {}): Promise<void> {
  engine = await bench.start({ models: [{ name: 'digits', basePath: bench.path('digits') }], ...more });
  await until(engine, 'digits', (it) => it.versions.length > 0);
}
/** The reason, in the words that a person reads. */
async function why(version: number): Promise<string> {
  const { reason, params } = await engine.models.explain('digits', version);
  const words = explanationTexts[reason].replace(
    /\{(\w+)\}/g,
    (_, name: string) => params[name] ?? `MISSING ${name}`,
  );
  expect(words).not.toContain('MISSING');
  return words;
}

test('why a version is not loaded has an answer in words, for each', async () => {
  await mkdir(bench.path('digits', '5'));
  await start();
  await until(engine, 'digits', (it) => versionOf(it, 3)?.lifecycle === 'available');
  expect(await why(3)).toBe('Version 3 is loaded and answers.');
  expect(await why(2)).toBe('The policy asks for the latest 1 only, and there are newer ones: 3.');
  expect(await why(9)).toBe('digits has no version 9 on disk.');
  expect(await why(5)).toBe('Version 5 is set aside: its files are no model that can be loaded.');
  expect((await engine.models.explain('digits', 5)).error?.code).toBe('MODEL_FILE_MISSING');

  await engine.models.unload('digits', 3);
  await until(engine, 'digits', (it) => versionOf(it, 3)?.lifecycle === 'unloaded');
  expect(await why(3)).toMatch(/^Version 3 was unloaded by hand/);

  await engine.models.applyPolicy('digits', { kind: 'specific', versions: [1] }, 'availabilityPreserving');
  await until(engine, 'digits', (it) => versionOf(it, 1)?.lifecycle === 'available');
  expect(await why(3)).toBe('The policy asks for other versions only: 1.');
  await engine.models.applyPolicy('digits', { kind: 'specific', versions: [] }, 'availabilityPreserving');
  await until(engine, 'digits', (it) => versionOf(it, 1)?.lifecycle === 'unloaded');
  expect(await why(1)).toBe('The policy of digits asks for no version.');
});

test('the answer names the event that decided it', async () => {
  await start();
  await until(engine, 'digits', (it) => versionOf(it, 3)?.lifecycle === 'available');
  await engine.models.unload('digits', 3);
  await until(engine, 'digits', (it) => versionOf(it, 3)?.lifecycle === 'unloaded');
  const answer = await engine.models.explain('digits', 3);
  const [event] = (await engine.models.events({ model: 'digits', limit: 50 })).filter(
    (it) => it.id === answer.eventId,
  );
  expect(event).toMatchObject({ kind: 'unloadRequested', cause: 'person', version: 3, atMs: answer.sinceMs });
  expect([answer.cause, answer.rule]).toEqual(['person', 'PO1']);
  await engine.models.load('digits', 1);
  await until(engine, 'digits', (it) => versionOf(it, 1)?.lifecycle === 'available');
  const loaded = await engine.models.explain('digits', 1);
  expect([loaded.cause, loaded.rule]).toEqual(['person', 'PO2']);
  expect(ruleTexts).toHaveProperty(loaded.rule ?? '');
});

test('a failed load says why, and a cancelled one that it was cancelled', async () => {
  await bench.version('digits', 3, 'bad');
  await bench.version('digits', 4, 'slow');
  await start({ models: [{ name: 'digits', basePath: bench.path('digits'), policy: { kind: 'all' } }] });
  await untilWords(engine, 'digits', '4 loading, 3 failed, 2 available, 1 available');
  expect(await why(3)).toBe('Version 3 could not be loaded.');
  expect((await engine.models.explain('digits', 3)).error?.code).toBe('MODEL_FILE_TRUNCATED');
  expect(await why(4)).toBe('Version 4 is being loaded: try 1 of 1.');
  await engine.models.cancelLoad('digits', 4);
  await until(engine, 'digits', (it) => versionOf(it, 4)?.lifecycle === 'unloaded');
  expect(await why(4)).toMatch(/^Loading version 4 was cancelled/);
});

test('too little memory is said with its numbers', async () => {
  await start({ settings: { memoryBudgetBytes: 1_000_000 } });
  await until(engine, 'digits', (it) => versionOf(it, 3)?.lifecycle === 'failed');
  const { reason, error } = await engine.models.explain('digits', 3);
  expect(reason).toBe('failed');
  expect(error).toMatchObject({
    code: 'MEMORY_EXHAUSTED',
    params: { totalBytes: '1000000', freeBytes: '1000000' },
  });
  await engine.settings.set({ memoryBudgetBytes: null }); // a person's choice wins over that of the run
  await until(engine, 'digits', (it) => versionOf(it, 3)?.lifecycle === 'available');
});

test('a folder that is gone is the reason', async () => {
  await start();
  await rm(bench.path('digits'), { recursive: true });
  await until(engine, 'digits', (it) => it.problem?.code === 'BASE_PATH_MISSING');
  const { reason, error } = await engine.models.explain('digits', 1);
  expect([reason, error?.code]).toEqual(['folderProblem', 'BASE_PATH_MISSING']);
  await expect(engine.models.explain('nobody', 1)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
});
