import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import { createClient } from '../../../../renderer/client/client';
import { createModelsStore } from '../../../../renderer/stores/models';
import { FakeEngine } from '../../../support/fake-bridge';
import { settle } from '../../../support/fake-clock';
import { aModel } from '../../../support/sample-models';
import { takeUnexpected } from '../../../support/setup';

const namesOf = (store: ReturnType<typeof createModelsStore>): string[] => [
  ...store.store.getState().byName.keys(),
];

describe('models store', () => {
  test('mirrors the snapshot, then every change in order', async () => {
    const engine = new FakeEngine({ models: [aModel('digits')] });
    const models = createModelsStore(createClient(engine.bridge));
    await models.connect();
    engine.change(aModel('flowers'));
    engine.drop('digits');
    expect(models.store.getState().phase).toBe('live');
    expect(namesOf(models)).toEqual(['flowers']);
  });

  test('changes that overtake the snapshot are applied after it, and those within it are not applied twice', async () => {
    const engine = new FakeEngine({ models: [aModel('digits')] });
    const models = createModelsStore(createClient(engine.bridge));
    const connecting = models.connect();
    engine.change(aModel('flowers')); // before the answer is there
    await connecting;
    expect(namesOf(models)).toEqual(['digits', 'flowers']);
    expect(models.store.getState().revision).toBe(engine.revision);
  });

  test('a gap in the revisions takes a new snapshot', async () => {
    const engine = new FakeEngine({ models: [aModel('digits')] });
    const models = createModelsStore(createClient(engine.bridge));
    await models.connect();
    engine.revision += 3; // messages that were lost
    engine.change(aModel('flowers'));
    await settle();
    expect(engine.inputsOf('models.list')).toHaveLength(2);
    expect(namesOf(models)).toEqual(['digits', 'flowers']);
    expect(models.store.getState().revision).toBe(engine.revision);
  });

  test('a message that comes twice changes nothing', async () => {
    const engine = new FakeEngine({ models: [aModel('digits')] });
    const models = createModelsStore(createClient(engine.bridge));
    await models.connect();
    engine.tell('models.changed', { revision: 1, changed: [], removed: ['digits'], memory: engine.memory });
    expect(namesOf(models)).toEqual(['digits']);
  });

  test('without an answer it says failed, lets go of its listener, and can connect again', async () => {
    let isDown = true;
    const engine: FakeEngine = new FakeEngine({
      handlers: {
        'models.list': async () => {
          if (isDown) throw new AppError('INTERNAL');
          return { revision: 1, models: [aModel('digits')], memory: engine.memory };
        },
      },
    });
    const models = createModelsStore(createClient(engine.bridge));
    await expect(models.connect()).rejects.toThrow(AppError);
    expect(models.store.getState().phase).toBe('failed');
    expect(engine.listenerCount('models.changed')).toBe(0);
    isDown = false;
    await models.connect();
    expect(models.store.getState().phase).toBe('live');
  });

  test('when the new snapshot after a gap fails, it says so instead of showing old state as true', async () => {
    const engine = new FakeEngine({ models: [aModel('digits')] });
    const models = createModelsStore(createClient(engine.bridge));
    await models.connect();
    engine.failNext('models.list', new AppError('INTERNAL'));
    engine.revision += 3;
    engine.change(aModel('flowers'));
    await settle();
    expect(models.store.getState().phase).toBe('failed');
    expect(takeUnexpected()).toHaveLength(1);
  });

  test('disposing the connection stops the mirror', async () => {
    const engine = new FakeEngine({ models: [aModel('digits')] });
    const models = createModelsStore(createClient(engine.bridge));
    const connection = await models.connect();
    connection.dispose();
    engine.drop('digits');
    expect(namesOf(models)).toEqual(['digits']);
    expect(engine.listenerCount('models.changed')).toBe(0);
  });
});
