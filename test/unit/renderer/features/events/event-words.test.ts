import { expect, test } from 'vitest';
import type { ModelEvent } from '../../../../../app/contract/models';
import { eventCause, eventText } from '../../../../../renderer/features/events/event-words';
import { createFormat } from '../../../../../renderer/format';
import { createTranslator } from '../../../../../renderer/messages/translator';

const format = createFormat('en');
const words = { ...createTranslator('en', format), format };
const anEvent = (differences: Partial<ModelEvent>): ModelEvent => ({
  id: 1,
  atMs: 1_000_000,
  model: 'digits',
  version: 2,
  kind: 'loading',
  cause: 'policy',
  params: {},
  error: null,
  ...differences,
});

test('the cause says how much memory was wanted and how much there was', () => {
  const params = { needBytes: '310000000', freeBytes: '120000000', totalBytes: '2000000000' };
  expect(eventCause(anEvent({ kind: 'waiting', cause: 'memory', params }), words)).toBe(
    'Memory: it needs 310\u00a0MB, 120\u00a0MB free',
  );
});

test('the cause names the rule that decided', () => {
  const cause = eventCause(anEvent({ params: { rule: 'PO2' } }), words);
  expect(cause).toContain('The policy decides: Switching without a gap');
});

test('a rule that this page does not know is left out', () => {
  expect(eventCause(anEvent({ params: { rule: 'XX9' } }), words)).toBe('The policy decides');
});

test('a label event says where the label points now', () => {
  const event = anEvent({
    kind: 'labelSet',
    version: null,
    cause: 'person',
    params: { label: 'stable', version: '7' },
  });
  expect(eventText(event, words)).toBe('Label stable set to version 7');
});

test('an undone action says which one', () => {
  const event = anEvent({ kind: 'undone', cause: 'person', params: { action: 'labelRemoved' } });
  expect(eventText(event, words)).toBe('Label put back');
});

test('a change of how a model is run names what changed', () => {
  const event = anEvent({
    kind: 'settingChanged',
    version: null,
    params: { running: 'instances, memoryCapBytes, fromTheFuture' },
  });
  expect(eventText(event, words)).toBe('Changed: Processes and Memory cap');
});

test('a change that the configuration or the log made says what changed', () => {
  const event = anEvent({ kind: 'settingChanged', version: null, params: { settings: 'policy, labels' } });
  expect(eventText(event, words)).toBe('Changed: version policy and labels');
  expect(eventText({ ...event, params: { settings: 'fromTheFuture' } }, words)).toBe('Setting changed');
});
