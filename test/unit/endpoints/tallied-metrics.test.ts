import { Counter, Histogram, Registry } from 'prom-client';
import { beforeEach, describe, expect, test } from 'vitest';
import { TalliedCounter, TalliedHistogram } from '../../../main/endpoints/metrics/tallied-metrics';

const bounds = [0.1, 1, 2.5, 10];
const values = [0.05, 0.1, 0.100001, 2.5, 7, 10, 10.5, 1e9, 0];
let ours: Registry;
let theirs: Registry;

beforeEach(() => {
  ours = new Registry();
  theirs = new Registry();
});

const configuration = (registry: Registry) => ({
  name: 'n',
  help: 'Help',
  labelNames: ['model', 'version'],
  registers: [registry],
});

describe('a tallied histogram', () => {
  test('is written as prom-client writes its own', async () => {
    const tallied = new TalliedHistogram({ ...configuration(ours), buckets: bounds });
    const plain = new Histogram({ ...configuration(theirs), buckets: bounds });
    for (const model of ['a', 'b "quoted"']) {
      const labels = { model, version: '1' };
      const tally = tallied.tally(labels);
      for (const value of values) {
        tally.observe(value);
        plain.observe(labels, value);
      }
    }
    expect(await ours.metrics()).toBe(await theirs.metrics());
    expect((await plain.get()).values).toMatchObject((await tallied.get()).values);
  });

  test('gives the same tally for the same labels, and begins anew once they were forgotten', async () => {
    const tallied = new TalliedHistogram({ ...configuration(ours), buckets: bounds });
    const before = tallied.tally({ model: 'a', version: '1' });
    expect(tallied.tally({ version: '1', model: 'a' })).toBe(before);
    before.observe(1);
    tallied.forget({ version: '1', model: 'a' });
    before.observe(1);
    expect((await tallied.get()).values).toEqual([]);
    tallied.tally({ model: 'a', version: '1' }).observe(1);
    expect(await ours.metrics()).toContain('n_count{model="a",version="1"} 1');
  });
});

describe('a tallied counter', () => {
  test('is written as prom-client writes its own, however often it is read', async () => {
    const tallied = new TalliedCounter(configuration(ours));
    const plain = new Counter(configuration(theirs));
    const labels = { model: 'a', version: '1' };
    for (const count of [1, 2, 3]) {
      tallied.tally(labels).add(count);
      plain.inc(labels, count);
      expect(await ours.metrics()).toBe(await theirs.metrics());
    }
    expect(await ours.metrics()).toContain('n{model="a",version="1"} 6');
  });

  test('begins anew once labels were forgotten', async () => {
    const tallied = new TalliedCounter(configuration(ours));
    const before = tallied.tally({ model: 'a', version: '1' });
    before.add();
    await ours.metrics();
    tallied.forget({ model: 'a', version: '1' });
    before.add();
    expect(await ours.metrics()).not.toContain('version="1"');
  });
});
