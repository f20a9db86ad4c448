import { expect, test } from 'vitest';
import { type Command, createCommandRegistry } from '../../../../renderer/commands/registry';

const aCommand = (id: string, differences: Partial<Command> = {}): Command => ({
  id,
  title: id,
  group: 'models',
  run: () => undefined,
  ...differences,
});

test('commands are listed by group, and go with their registration', () => {
  const registry = createCommandRegistry();
  registry.register([aCommand('go.models', { group: 'go' })]);
  const registration = registry.register([aCommand('models.load')]);
  expect(registry.list().map(({ id }) => id)).toEqual(['models.load', 'go.models']);
  registration.dispose();
  expect(registry.list().map(({ id }) => id)).toEqual(['go.models']);
});

test('a later command of the same id stands in for an earlier one until it goes', () => {
  const registry = createCommandRegistry();
  const ran: string[] = [];
  registry.register([aCommand('models.load', { run: () => ran.push('first') })]);
  const later = registry.register([aCommand('models.load', { run: () => ran.push('second') })]);
  registry.run('models.load');
  later.dispose();
  registry.run('models.load');
  expect(ran).toEqual(['second', 'first']);
});

test('a command that is unavailable does not run, and one that is unknown does not either', () => {
  const registry = createCommandRegistry();
  let count = 0;
  let reason: string | null = 'No version is loaded';
  registry.register([aCommand('models.unload', { unavailable: () => reason, run: () => count++ })]);
  expect(registry.run('models.unload')).toBe(false);
  reason = null;
  expect(registry.run('models.unload')).toBe(true);
  expect(registry.run('models.fly')).toBe(false);
  expect(count).toBe(1);
});

test('who listens hears of every change', () => {
  const registry = createCommandRegistry();
  let changes = 0;
  registry.onDidChange(() => changes++);
  registry.register([aCommand('a')]).dispose();
  expect(changes).toBe(2);
});
