// @vitest-environment happy-dom
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { CallName } from '../../../../app/contract/channels';
import { type MenuCommand, menuCommands } from '../../../../app/contract/commands';
import { App } from '../../../../renderer/App';
import { createServices } from '../../../../renderer/create-services';
import type { Services } from '../../../../renderer/services';
import type { Area, Route } from '../../../../renderer/stores/router';
import { FakeEngine } from '../../../support/fake-bridge';
import { memoryKeeper } from '../../../support/memory-keeper';
import { aModel, anAvailableVersion, aVersion } from '../../../support/sample-models';

afterEach(cleanup);

interface Window {
  readonly engine: FakeEngine;
  readonly services: Services;
}

const digits = aModel('digits', {
  versions: [anAvailableVersion(3), anAvailableVersion(2), aVersion(1)],
});

async function open(): Promise<Window> {
  const engine = new FakeEngine({
    models: [digits],
    handlers: {
      'pictures.choose': async () => null,
      'models.addSample': async () => ({ model: 'digits', undo: null }),
    },
  });
  const services = createServices({ bridge: engine.bridge, keeper: memoryKeeper() });
  render(<App services={services} />);
  await screen.findByRole('heading', { level: 1 });
  await screen.findByRole('heading', { name: 'digits' });
  return { engine, services };
}

const lastTold = ({ engine }: Window): readonly string[] =>
  (engine.inputsOf('app.setCommands').at(-1) as { available: string[] } | undefined)?.available ?? [];
/** Chooses the item once the menu offers it, as the shell does. */
async function choose(window: Window, id: MenuCommand): Promise<void> {
  await waitFor(() => expect(lastTold(window)).toContain(id));
  act(() => window.engine.tell('command.requested', { id }));
}
const asks = (call: CallName) => (window: Window) =>
  waitFor(() => expect(window.engine.inputsOf(call)).not.toEqual([]));
const isAt = (area: Area) => (window: Window) =>
  waitFor(() => expect(window.services.router.route().area).toBe(area));
const opens = (name: string) => () => screen.findByRole('dialog', { name });

interface Way {
  readonly from?: Route;
  readonly before?: (window: Window) => void | Promise<void>;
  readonly effect: (window: Window) => unknown;
}
const playground: Route = { area: 'playground', model: 'digits', version: 3 };
/** What each item must bring about. `run.again` needs pictures: the tests of Playground run it. */
const ways: Readonly<Record<Exclude<MenuCommand, 'run.again'>, Way>> = {
  'models.addFolder': { effect: asks('models.offerFolder') },
  'models.addFile': { effect: asks('models.offerFile') },
  'models.addSample': { effect: asks('models.addSample') },
  'run.choosePictures': { from: playground, effect: asks('pictures.choose') },
  'go.settings': { effect: isAt('settings') },
  'view.palette': { effect: opens('Commands') },
  'go.models': { from: playground, effect: isAt('models') },
  'go.playground': { effect: isAt('playground') },
  'go.compare': { effect: isAt('compare') },
  'go.jobs': { effect: isAt('jobs') },
  'jobs.newBatch': { effect: opens('New batch') },
  'go.endpoints': { effect: isAt('endpoints') },
  'go.back': { from: playground, effect: isAt('models') },
  'go.forward': {
    from: playground,
    before: ({ services }) => services.router.back(),
    effect: isAt('playground'),
  },
  'list.find': {
    effect: () =>
      waitFor(() =>
        expect(document.activeElement).toBe(screen.getByRole('searchbox', { name: 'Find in list' })),
      ),
  },
  'view.inspector': { effect: () => screen.findByRole('complementary', { name: 'Inspector' }) },
  'view.events': {
    before: ({ services }) => services.ui.setState({ eventsOpenIn: [] }),
    effect: ({ services }) => waitFor(() => expect(services.ui.getState().eventsOpenIn).toContain('models')),
  },
  'models.load': { effect: asks('models.load') },
  'models.unload': { effect: asks('models.unload') },
  'models.pin': {
    before: ({ engine }) => engine.change({ ...engine.model('digits'), loaded: 'onDemand' }),
    effect: asks('models.setPinned'),
  },
  'models.rescan': { effect: asks('models.rescan') },
  'models.showFolder': { effect: asks('models.showFolder') },
  'models.undo': {
    before: ({ services }) => services.actions.unload({ model: 'digits', version: 3 }),
    effect: asks('models.undo'),
  },
  'models.remove': { effect: () => screen.findByRole('alertdialog', { name: 'Remove digits?' }) },
  'routes.new': { effect: () => screen.findByRole('heading', { name: 'New route' }) },
  'models.try': { effect: isAt('playground') },
  'models.compare': { effect: isAt('compare') },
  'help.shortcuts': { effect: opens('Keyboard shortcuts') },
  'help.layout': { effect: opens('How folders are laid out') },
};

test.each(Object.entries(ways))('the menu item %s is offered and does what it says', async (id, way) => {
  const window = await open();
  act(() => {
    if (way.from) window.services.router.navigate(way.from);
  });
  await act(async () => way.before?.(window));
  await choose(window, id as MenuCommand);
  await way.effect(window);
});

test('an item that cannot run is greyed out, and asking for it does nothing', async () => {
  const window = await open();
  await waitFor(() => expect(lastTold(window)).toContain('models.load'));
  expect(menuCommands.filter((id) => !lastTold(window).includes(id)).sort()).toEqual([
    'go.back',
    'go.forward',
    'models.pin',
    'models.undo',
    'run.again',
    'run.choosePictures',
  ]);
  act(() => window.engine.tell('command.requested', { id: 'models.undo' }));
  expect(window.engine.inputsOf('models.undo')).toEqual([]);
});
