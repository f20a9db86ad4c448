import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import type { JobView } from '../../../../app/contract/job-calls';
import { createServices } from '../../../../renderer/create-services';
import { groupOf, selectActive, selectActiveCount } from '../../../../renderer/stores/jobs';
import { FakeEngine, type FakeEngineOptions } from '../../../support/fake-bridge';
import { memoryKeeper } from '../../../support/memory-keeper';
import { aFinishedJob, aJobView, aResultRow } from '../../../support/sample-jobs';
import { aModel, anAvailableVersion } from '../../../support/sample-models';

async function connected(options: FakeEngineOptions = {}) {
  const engine = new FakeEngine(options);
  const services = createServices({ bridge: engine.bridge, keeper: memoryKeeper() });
  const connection = await services.connect();
  const said: string[] = [];
  services.toasts.manager[' subscribe'](({ options: toast }) => void said.push(String(toast.title)));
  return { engine, services, connection, said };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the mirror', () => {
  test('follows the engine, and lets go of it', async () => {
    const { engine, services, connection } = await connected({ jobs: [aJobView('a')] });
    const { store } = services.jobs;
    engine.changeJobs(aFinishedJob('a'), aJobView('b', { state: 'queued' }));
    expect([...store.getState().byId.values()].map((job) => `${job.id} ${groupOf(job)}`)).toEqual([
      'a finished',
      'b queued',
    ]);
    engine.tell('jobs.changed', { changed: [], removed: ['a'] });
    expect([...store.getState().byId.keys()]).toEqual(['b']);
    connection.dispose();
    expect(engine.listenerCount('jobs.changed')).toBe(0);
  });

  test('what changes while the first list is on its way is newer than it', async () => {
    let answer: (jobs: JobView[]) => void = () => undefined;
    const engine = new FakeEngine({
      handlers: {
        'jobs.list': () =>
          new Promise((resolve) => {
            answer = resolve;
          }),
      },
    });
    const services = createServices({ bridge: engine.bridge, keeper: memoryKeeper() });
    const connecting = services.jobs.connect();
    engine.tell('jobs.changed', { changed: [aFinishedJob('a')], removed: ['gone'] });
    answer([aJobView('a'), aJobView('gone')]);
    await connecting;
    const { byId } = services.jobs.store.getState();
    expect([...byId.values()].map(({ id, state }) => `${id} ${state}`)).toEqual(['a done']);
  });

  test('tells what is at work', async () => {
    const { services } = await connected({
      jobs: [aJobView('paused', { state: 'paused' }), aJobView('a'), aJobView('b', { state: 'cancelling' })],
    });
    const state = services.jobs.store.getState();
    expect(selectActiveCount(state)).toBe(2);
    expect(selectActive(state)?.id).toBe('a');
  });
});

describe('what happens out of sight', () => {
  test('is said once when it ends, with a way to it', async () => {
    const { engine, services, said } = await connected({ jobs: [aJobView('a'), aJobView('b')] });
    services.router.goTo('models');
    engine.changeJobs(aFinishedJob('a'));
    engine.changeJobs(aFinishedJob('a', { elapsedMs: 1 }));
    engine.changeJobs(aFinishedJob('b', { state: 'failed' }));
    expect(said).toEqual(['Batch: a is done', 'Batch: b failed']);
  });
  test('is not said of the job in sight, nor of one that was cancelled, nor of old ones', async () => {
    const { engine, services, said } = await connected({ jobs: [aJobView('a'), aJobView('b')] });
    services.router.navigate({ area: 'jobs', job: 'a', tab: null });
    engine.changeJobs(aFinishedJob('a'), aFinishedJob('b', { state: 'cancelled' }), aFinishedJob('c'));
    expect(said).toEqual([]);
  });
  test('is spoken at each quarter', async () => {
    const at = (done: number) => aJobView('a', { progress: { done, total: 100, failed: 0 } });
    const { engine, services } = await connected({ jobs: [at(10)] });
    engine.changeJobs(at(20));
    expect(services.announcer.store.getState().polite).toBe('');
    engine.changeJobs(at(51));
    expect(services.announcer.store.getState().polite).toBe('Batch: a: 50 % done');
  });
});

describe('opening a picture of a batch', () => {
  const picture = {
    id: 'p1',
    name: '004.png',
    bytes: 1,
    width: 28,
    height: 28,
    format: 'png',
    urls: { view: 'v', thumb: 't' },
  };
  const open = async (versions: number[], loaded: number[] = versions) => {
    const world = await connected({
      models: [aModel('digits', { versions: loaded.map((version) => anAvailableVersion(version)) })],
    });
    world.engine.nextPictures = { pictures: [picture], refused: [] };
    await world.services.jobActions.openPicture(aFinishedJob('a'), aResultRow(4, 'x', 'y'), versions);
    return world;
  };

  test('compares versions on it, and lists it once however often it is opened', async () => {
    const { engine, services } = await open([1, 3]);
    await services.jobActions.openPicture(aFinishedJob('a'), aResultRow(4, 'x', 'y'), [1, 3]);
    expect(engine.inputsOf('jobs.openPicture')).toEqual([{ id: 'a', item: 4 }]);
    expect(services.compare.store.getState()).toMatchObject({ pictures: [picture], selectedPicture: 'p1' });
    expect(services.router.route()).toEqual({
      area: 'compare',
      versions: [
        { model: 'digits', version: 1 },
        { model: 'digits', version: 3 },
      ],
    });
  });
  test('shows no more than four versions beside each other', async () => {
    const { services } = await open([1, 2, 3, 4, 5]);
    const route = services.router.route();
    expect(route.area === 'compare' && route.versions).toHaveLength(4);
  });
  test('runs the only version on it in the Playground, or holds it while that cannot answer', async () => {
    const ready = await open([3]);
    expect(ready.services.playground.store.getState().runs).toHaveLength(1);
    const asleep = await open([3], [1]);
    expect(asleep.services.playground.store.getState()).toMatchObject({ runs: [], held: [picture] });
    expect(asleep.services.router.route()).toEqual({ area: 'playground', model: 'digits', version: 3 });
  });
  test('that is gone says so and stays where one is', async () => {
    const { engine, services, said } = await connected();
    const error = new AppError('PICTURE_NOT_FOUND').toWire();
    engine.nextPictures = { pictures: [], refused: [{ name: '004.png', error }] };
    const before = services.router.route();
    await services.jobActions.openPicture(aFinishedJob('a'), aResultRow(4, 'x', 'y'), [1, 3]);
    expect(said).toEqual(['The picture is gone']);
    expect(services.router.route()).toEqual(before);
  });
});

describe('what is dropped for a batch', () => {
  const offer = {
    about: 'pictures' as const,
    ticket: 't',
    kind: 'folder' as const,
    name: 'val',
    others: 2,
    pictures: 1_240,
    isCut: false,
  };
  test('waits in the sheet, and is started under its name', async () => {
    const job = aJobView('new');
    const { engine, services } = await connected({ handlers: { 'jobs.startBatch': async () => job } });
    engine.nextInput = { kind: 'batch', offer };
    await services.batching.takeFiles([]);
    expect(services.batching.store.getState()).toMatchObject({ isOpen: true, offer, isLooking: false });
    await services.batching.start({ offer, model: 'digits', versions: [1, 3], top: 5 });
    expect(engine.inputsOf('jobs.startBatch')).toEqual([
      { ticket: 't', title: 'Batch: val and 2 more', model: 'digits', versions: [1, 3], top: 5 },
    ]);
    expect(services.batching.store.getState().isOpen).toBe(false);
    expect(services.router.route()).toEqual({ area: 'jobs', job: 'new', tab: null });
  });
  test('tensors are asked for in the form that was chosen', async () => {
    const tensors = { about: 'tensors' as const, ticket: 'u', format: 'npy' as const, name: 'rows.npy' };
    const job = aJobView('new');
    const { engine, services } = await connected({ handlers: { 'jobs.startPrediction': async () => job } });
    engine.nextInput = { kind: 'batch', offer: tensors };
    await services.batching.takeFiles([]);
    await services.batching.start({ offer: tensors, model: 'digits', versions: [3], target: 'npz' });
    expect(engine.inputsOf('jobs.startPrediction')).toEqual([
      { ticket: 'u', title: 'Batch: rows.npy', model: 'digits', versions: [3], target: 'npz' },
    ]);
    expect(services.router.route()).toEqual({ area: 'jobs', job: 'new', tab: null });
  });
  test('is added as models when it holds some', async () => {
    const { engine, services } = await connected();
    const item = {
      kind: 'model' as const,
      id: '1',
      source: 'm',
      name: 'm',
      versions: [1],
      sizeBytes: 1,
      memoryBytes: [108_000_000],
    };
    engine.nextInput = { kind: 'models', offer: { ticket: 't', items: [item] } };
    await services.batching.takeFiles([]);
    expect(engine.inputsOf('models.add')).toHaveLength(1);
    expect(services.batching.store.getState().isOpen).toBe(false);
  });
  test('says why it is nothing', async () => {
    const { engine, services, said } = await connected({
      handlers: {
        'jobs.chooseInput': async () => {
          throw new AppError('BATCH_NO_PICTURES', { name: 'empty' });
        },
      },
    });
    await services.batching.chooseInput('folder');
    await settled();
    expect(engine.inputsOf('jobs.chooseInput')).toEqual([{ kind: 'folder' }]);
    expect(said).toEqual(['No pictures in empty']);
  });
});
