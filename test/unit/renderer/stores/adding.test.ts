import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import { type Offer, type OfferItem, undoLimit } from '../../../../app/contract/models';
import { createServices } from '../../../../renderer/create-services';
import type { Services } from '../../../../renderer/services';
import { FakeEngine, type FakeEngineOptions } from '../../../support/fake-bridge';
import { memoryKeeper } from '../../../support/memory-keeper';
import { aModel } from '../../../support/sample-models';

const model = (id: string, name: string): OfferItem => ({
  kind: 'model',
  id,
  source: `~/models/${name}`,
  name,
  versions: [1, 2],
  sizeBytes: 100,
  memoryBytes: [108_000_000, 108_000_000],
});
const refused = (id: string): OfferItem => ({
  kind: 'refused',
  id,
  source: 'notes',
  error: new AppError('DROP_NOT_A_MODEL', { name: 'notes' }).toWire(),
});
const offer = (...items: OfferItem[]): Offer => ({ ticket: 't', items });

function start(options: FakeEngineOptions = {}): { engine: FakeEngine; services: Services } {
  const engine = new FakeEngine(options);
  return { engine, services: createServices({ bridge: engine.bridge, keeper: memoryKeeper() }) };
}

describe('adding', () => {
  test('a single clean folder is added at once and shown, with a way back', async () => {
    const { engine, services } = start();
    engine.nextOffer = offer(model('1', 'digits'));
    await services.adding.chooseFolder();
    expect(engine.inputsOf('models.add')).toEqual([
      { ticket: 't', choices: [{ id: '1', as: 'model', name: 'digits' }] },
    ]);
    expect(services.adding.store.getState().offer).toBeNull();
    expect(services.router.route()).toEqual({ area: 'models', model: 'digits', tab: 'versions' });
    expect(services.actions.canUndo()).toBe(true);
  });

  test('several things, or one that cannot be added, wait for a decision', async () => {
    const { engine, services } = start();
    engine.nextOffer = offer(refused('1'));
    await services.adding.takeFiles([]);
    expect(services.adding.store.getState().offer).toEqual(engine.nextOffer);
    expect(engine.inputsOf('models.add')).toEqual([]);
  });

  test('a choice that was cancelled changes nothing', async () => {
    const { engine, services } = start();
    await services.adding.chooseFolder();
    expect(services.adding.store.getState()).toEqual({ offer: null, isLooking: false });
    expect(engine.inputsOf('models.add')).toEqual([]);
  });

  test('a policy other than the usual one is applied to what was added', async () => {
    const { engine, services } = start({
      handlers: { 'models.applyPolicy': async () => ({ undo: null }) },
    });
    await services.adding.add('t', [
      { choice: { id: '1', as: 'model', name: 'digits' }, policy: { kind: 'all' } },
      { choice: { id: '2', as: 'model', name: 'flowers' }, policy: { kind: 'latest', count: 1 } },
    ]);
    expect(engine.inputsOf('models.applyPolicy')).toEqual([
      { model: 'digits', policy: { kind: 'all' }, switching: 'availabilityPreserving' },
    ]);
  });

  test('what the engine refuses at last stays on screen with its reason', async () => {
    const error = new AppError('DROP_EXPIRED').toWire();
    const { services } = start({
      handlers: {
        'models.add': async () => ({
          added: [{ id: '1', model: 'digits', version: null }],
          refused: [{ id: '2', error }],
          undo: null,
        }),
      },
    });
    services.adding.store.setState({ offer: offer(model('1', 'digits'), model('2', 'flowers')) });
    await services.adding.add('t', [
      { choice: { id: '1', as: 'model', name: 'digits' }, policy: { kind: 'latest', count: 1 } },
      { choice: { id: '2', as: 'model', name: 'flowers' }, policy: { kind: 'latest', count: 1 } },
    ]);
    expect(services.adding.store.getState().offer?.items).toEqual([
      { kind: 'refused', id: '2', source: '~/models/flowers', error },
    ]);
  });

  test('a failure while looking ends the looking', async () => {
    const { engine, services } = start();
    engine.failNext('models.offerFolder', new AppError('DROP_UNREADABLE', { name: 'x' }));
    await services.adding.chooseFolder();
    expect(services.adding.store.getState()).toEqual({ offer: null, isLooking: false });
  });
});

describe('actions', () => {
  test('the last change can be taken back, and only once', async () => {
    const { engine, services } = start();
    engine.change(aModel('digits'));
    await services.actions.unload({ model: 'digits', version: 1 });
    expect(engine.model('digits').versions[0]?.lifecycle).toBe('unloaded');
    await services.actions.undoLast();
    expect(engine.model('digits').versions[0]?.lifecycle).toBe('available');
    expect(services.actions.canUndo()).toBe(false);
    await services.actions.undoLast();
    expect(engine.inputsOf('models.undo')).toHaveLength(1);
  });

  test('what earlier runs left can be taken back, before it what this run did meanwhile', async () => {
    const { engine, services } = start();
    engine.change(aModel('digits'));
    const earlier = createServices({ bridge: engine.bridge, keeper: memoryKeeper() });
    await earlier.actions.setKeepLastGood('digits', false);
    await services.actions.unload({ model: 'digits', version: 1 });
    await services.actions.connect();
    await services.actions.undoLast();
    expect(engine.model('digits')).toMatchObject({
      keepLastGood: false,
      versions: [{ lifecycle: 'available' }],
    });
    await services.actions.undoLast();
    expect(engine.model('digits').keepLastGood).toBe(true);
    expect(services.actions.canUndo()).toBe(false);
  });

  test('no more is offered than the engine keeps', async () => {
    const { engine, services } = start();
    engine.change(aModel('digits'));
    for (let count = 0; count < undoLimit + 5; count++)
      await services.actions.setKeepLastGood('digits', count % 2 === 0);
    for (let count = 0; count < undoLimit; count++) await services.actions.undoLast();
    expect(services.actions.canUndo()).toBe(false);
  });

  test('a refused action throws nothing and leaves nothing to take back', async () => {
    const { services } = start();
    await services.actions.load({ model: 'nowhere', version: 1 });
    expect(services.actions.canUndo()).toBe(false);
  });
});
