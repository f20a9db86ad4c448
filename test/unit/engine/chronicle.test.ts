import { expect, test } from 'vitest';
import { Chronicle } from '../../../main/engine/chronicle';
import { EventLog } from '../../../main/engine/event-log';
import { FakeClock } from '../../support/fake-clock';
import { aModel, aVersion } from '../../support/sample-models';

const loading = { lifecycle: 'loading', isAspired: true, harness: 'loading' } as const;

/** The kinds of the events that these looks at a version are told as. */
async function toldAs(...looks: Parameters<typeof aVersion>[1][]): Promise<string[]> {
  const log = await EventLog.open(null, { clock: new FakeClock() });
  const chronicle = new Chronicle(log);
  chronicle.head(aModel('digits'), { cause: 'person' });
  for (const look of looks) chronicle.version('digits', aVersion(1, look), { cause: 'policy' });
  const events = await log.query({ limit: 20 });
  return events.reverse().map(({ kind }) => kind);
}

test('a first attempt is no second one, whenever it is first seen', async () => {
  expect(await toldAs({ ...loading, attempt: null }, { ...loading, attempt: 1 })).toEqual([
    'modelAdded',
    'loading',
    'loading',
  ]);
});

test('each further attempt is told as one', async () => {
  const error = { code: 'RUNNER_CRASHED', status: 'UNAVAILABLE', params: {}, detail: '' } as const;
  const looks = [
    { ...loading, attempt: 1 },
    { lifecycle: 'failed', isAspired: true, harness: 'loading', attempt: 1, error },
    { ...loading, attempt: 2 },
    { ...loading, attempt: 3 },
  ] as const;
  expect(await toldAs(...looks)).toEqual(['modelAdded', 'loading', 'failed', 'retrying', 'retrying']);
});
