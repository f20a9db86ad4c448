import { describe, expect, test } from 'vitest';
import type { Loader } from '../../main/serving/loader';
import { ResourceTracker } from '../../main/serving/resource-tracker';
import { ResourceUtil } from '../../main/serving/resource-util';
import type { ResourceAllocation, ResourceQuantity } from '../../main/serving/resources';
import { failureOf } from '../support/app-errors';

const util = new ResourceUtil({ main: 1, gpu: 2 });
const kind = 'ram_in_bytes';
const on = (device: string, quantity: number, instance?: number): ResourceQuantity => ({
  resource: instance === undefined ? { device, kind } : { device, instance, kind },
  quantity,
});
const main = (quantity: number): ResourceQuantity => on('main', quantity);
const main0 = (quantity: number): ResourceQuantity => on('main', quantity, 0);
const gpu = (quantity: number): ResourceQuantity => on('gpu', quantity);
const gpu0 = (quantity: number): ResourceQuantity => on('gpu', quantity, 0);
const gpu1 = (quantity: number): ResourceQuantity => on('gpu', quantity, 1);

describe('resource arithmetic', () => {
  test.each([
    ['an unknown device', [on('tpu', 1)]],
    ['an instance it lacks', [on('gpu', 1, 2)]],
    ['the same resource twice', [gpu0(1), gpu0(2)]],
  ])('T063 [RS1]: %s is INVALID_ARGUMENT', async (_, allocation) => {
    expect((await failureOf(() => util.verifyValidity(allocation))).status).toBe('INVALID_ARGUMENT');
  });

  test('T064 [RS2]: normalising binds single instances and drops zeros; bound and unbound stay apart', () => {
    expect(util.normalize([main(5), gpu(0)])).toEqual([main0(5)]);
    expect(util.add([gpu0(3)], [gpu(2)])).toEqual([gpu0(3), gpu(2)]);
    expect(util.add([gpu0(3)], [gpu0(2)])).toEqual([gpu0(5)]);
  });

  test('T065 [RS3]: nothing goes below zero', () => {
    const minuend = [main(5)];
    expect(util.subtract(minuend, [main(6)])).toBeUndefined();
    expect(minuend).toEqual([main(5)]);
    expect(util.subtract(minuend, [main(2)])).toEqual([main0(3)]);
  });

  test('T066 [RS4]: what is unbound must fit into one instance', () => {
    expect(util.lessThanOrEqual([gpu(10)], [gpu0(8), gpu1(10)])).toBe(true);
    expect(util.lessThanOrEqual([gpu(10)], [gpu0(8), gpu1(9)])).toBe(false);
  });

  test('T067 [RS4]: what is bound is taken first', () => {
    expect(util.lessThanOrEqual([gpu0(5), gpu(6)], [gpu0(10), gpu1(5)])).toBe(false);
    expect(util.lessThanOrEqual([gpu0(4), gpu(6)], [gpu0(10), gpu1(5)])).toBe(true);
  });

  test('T068 [RS5]: overbinding charges every instance', () => {
    expect(util.equal(util.overbind([gpu(4), gpu0(1)]), [gpu0(5), gpu1(4)])).toBe(true);
  });

  test('T069 [RS2]: order is no difference', () => {
    expect(util.equal([gpu0(1), gpu1(2), main(3)], [main(3), gpu1(2), gpu0(1)])).toBe(true);
    expect(util.equal([gpu0(1)], [gpu1(1)])).toBe(false);
  });

  test('RS2: scaling, and the larger and smaller of two, go by resource', () => {
    expect(util.multiply([main(3), gpu0(2)], 2)).toEqual([main0(6), gpu0(4)]);
    expect(util.equal(util.max([main(3), gpu0(2)], [main(1), gpu1(4)]), [main(3), gpu0(2), gpu1(4)])).toBe(
      true,
    );
    expect(util.min([main(3), gpu0(2)], [main(1), gpu1(4)])).toEqual([main0(1)]);
  });
});

describe('resource tracker', () => {
  const total = [main(16), gpu0(16), gpu1(16)];
  const loader = (...estimate: ResourceAllocation): Loader => ({
    estimateResources: () => Promise.resolve(estimate),
    load: () => Promise.resolve(),
    unload: () => Promise.resolve(),
    servable: () => undefined,
  });
  const L0 = loader(main(1), gpu0(3));
  const L1 = loader(main(5), gpu0(7));
  const L2 = loader(main(15));
  const L3 = loader(gpu(12));
  const withUsed = async (...loaders: Loader[]): Promise<ResourceTracker> => {
    const tracker = new ResourceTracker(total, util);
    await tracker.recomputeUsedResources(loaders);
    return tracker;
  };

  test('T070 [RS6]: the total must be bound, by itself or as the only instance', async () => {
    expect((await failureOf(() => new ResourceTracker([gpu(16)], util))).status).toBe('INVALID_ARGUMENT');
    expect(new ResourceTracker([main(16)], util).total).toEqual([main0(16)]);
  });

  test('T071 [RS7]: recomputing sums fresh estimates of just these loaders', async () => {
    const tracker = await withUsed(L0, L1, L3);
    expect(util.equal(tracker.used, [main(6), gpu0(10), gpu(12)])).toBe(true);
    await tracker.recomputeUsedResources([L0]);
    expect(util.equal(tracker.used, [main(1), gpu0(3)])).toBe(true);
  });

  test('T072 [RS8]: a reservation that fits is charged; one that does not changes nothing', async () => {
    const roomy = await withUsed(L0);
    expect(await roomy.reserveResources(L2)).toBe(true);
    expect(util.equal(roomy.used, [main(16), gpu0(3)])).toBe(true);
    const full = await withUsed(L1);
    expect(await full.reserveResources(L2)).toBe(false);
    expect(util.equal(full.used, [main(5), gpu0(7)])).toBe(true);
  });

  test('T073 [RS8]: what is used unbound counts on every instance', async () => {
    expect(await (await withUsed(L3)).reserveResources(L0)).toBe(true);
    expect(await (await withUsed(L3)).reserveResources(L1)).toBe(false);
    expect(await (await withUsed(L3)).reserveResources(loader(gpu(12)))).toBe(false);
  });

  test('T074 [RS1]: an estimate that makes no sense is an error', async () => {
    const bogus = loader(on('quantum', 1));
    const tracker = await withUsed(L0);
    expect((await failureOf(() => tracker.reserveResources(bogus))).status).toBe('INVALID_ARGUMENT');
    expect((await failureOf(() => tracker.recomputeUsedResources([bogus]))).status).toBe('INVALID_ARGUMENT');
    expect(util.equal(tracker.used, [main(1), gpu0(3)])).toBe(true);
  });
});
