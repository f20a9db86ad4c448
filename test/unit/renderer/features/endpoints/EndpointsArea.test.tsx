// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../../../app/base/errors';
import {
  type EndpointsState,
  noRequestFigures,
  type RequestFigures,
  type ServedRequest,
} from '../../../../../app/contract/endpoints';
import { EndpointsArea } from '../../../../../renderer/features/endpoints/EndpointsArea';
import { InspectorSlot } from '../../../../../renderer/ui/Inspector';
import { type RenderedPage, renderPage } from '../../../../support/render-page';
import { aModel } from '../../../../support/sample-models';
import { picture } from '../../playground/page-fixtures';

afterEach(cleanup);

const turnOn = async (): Promise<void> => {
  fireEvent.click(screen.getByRole('button', { name: 'Turn on' }));
  await screen.findByRole('button', { name: 'Turn off' });
};
const aRequest = (number: number, differences: Partial<ServedRequest> = {}): ServedRequest => ({
  number,
  requestId: `r-${number}`,
  atMs: 1_000_000 + number,
  entrypoint: 'REST',
  api: 'Predict',
  path: 'POST /v1/models/digits:predict',
  httpStatus: 200,
  model: 'digits',
  version: 2,
  decision: null,
  status: 'OK',
  durationMs: 1.2,
  caller: null,
  ...differences,
});
const busy: RequestFigures = {
  ...noRequestFigures,
  perSecond: [10, 30, 7],
  failedPerSecond: [0, 2, 9],
  p95PerSecond: [null, 17.2, 90],
  p50Ms: 1.2,
  p95Ms: 17.2,
  models: [
    { model: 'digits', total: 4_000, failed: 12, requestsPerSecond: 19.5, p50Ms: 1.2, p95Ms: 17.2 },
    { model: 'flowers', total: 5, failed: 5, requestsPerSecond: 0.5, p50Ms: null, p95Ms: null },
  ],
};
const serve = ({ engine }: RenderedPage, ...requests: ServedRequest[]): void =>
  act(() => {
    const failed = requests.filter(({ status }) => status !== 'OK').length;
    const figures = { ...busy, total: requests.length, failed };
    engine.tell('endpoints.requested', { requests, figures });
  });
const change = ({ engine }: RenderedPage, differences: Partial<EndpointsState>): void =>
  act(() => {
    engine.endpoints = { ...engine.endpoints, ...differences };
    engine.tell('endpoints.changed', engine.endpoints);
  });

describe('while they are off', () => {
  test('it says what turning them on makes reachable, before it is done', async () => {
    await renderPage(<EndpointsArea />);
    const off = screen.getByRole('region', { name: 'Endpoints are off' });
    expect(off.textContent).toContain('programs on this computer');
    expect(off.textContent).toContain('Nothing outside this computer can reach them');
    expect(off.textContent).toContain('port 8501, or the next free one');
    expect(screen.queryByRole('table')).toBeNull();
  });

  test('a port that none is free for is said in plain words, with a way to try again', async () => {
    const page = await renderPage(<EndpointsArea />);
    change(page, { problem: new AppError('PORT_IN_USE', { port: '8501' }).toWire() });
    const alert = screen.getByRole('alert');
    expect(alert.textContent).toContain('Another program on this computer listens on port 8501.');
    fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(page.engine.inputsOf('endpoints.set')).toEqual([{ isOn: true }]));
  });
});

describe('while they are on', () => {
  test('addresses are shown and copied', async () => {
    const { engine } = await renderPage(<EndpointsArea />);
    await turnOn();
    expect(screen.getByText('http://127.0.0.1:8501')).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Copy gRPC address' }));
    await waitFor(() => expect(engine.inputsOf('app.copyText')).toEqual([{ text: '127.0.0.1:8500' }]));
  });

  test('a port that was taken is named beside the one that is used instead', async () => {
    const page = await renderPage(<EndpointsArea />);
    await turnOn();
    change(page, { rest: { host: '127.0.0.1', port: 8502, text: 'http://127.0.0.1:8502', others: [] } });
    expect(
      screen.getByText('Port 8501 is in use by another program, so this is the next free one'),
    ).toBeDefined();
  });

  test('other computers may call only after a question', async () => {
    const { engine } = await renderPage(<EndpointsArea />);
    await turnOn();
    fireEvent.click(screen.getByRole('radio', { name: 'Network' }));
    expect(engine.inputsOf('endpoints.set')).toEqual([{ isOn: true }]);
    fireEvent.click(await screen.findByRole('button', { name: 'Let them call' }));
    await waitFor(() => expect(engine.inputsOf('endpoints.set').at(-1)).toEqual({ reach: 'network' }));
    expect(await screen.findByText('Nobody can call yet: there is no token.')).toBeDefined();
  });

  test('each model has an example in three languages, which can be copied', async () => {
    const { engine } = await renderPage(<EndpointsArea />, { models: [aModel('digits')] });
    await turnOn();
    expect(await screen.findByText('curl digits')).toBeDefined();
    fireEvent.click(screen.getByRole('tab', { name: 'Python' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Copy Python example for digits' }));
    await waitFor(() => expect(engine.inputsOf('app.copyText')).toEqual([{ text: 'python digits' }]));
  });
});

describe('tokens', () => {
  test('one is made with its scopes, and shown this once', async () => {
    const { engine } = await renderPage(<EndpointsArea />);
    await turnOn();
    fireEvent.click(screen.getByRole('button', { name: 'Create token' }));
    const form = await screen.findByRole('dialog', { name: 'Create a token' });
    fireEvent.change(within(form).getByRole('textbox'), { target: { value: 'camera' } });
    fireEvent.click(within(form).getByRole('checkbox', { name: 'See what there is' }));
    fireEvent.submit(within(form).getByRole('textbox'));
    const made = await screen.findByRole('dialog', { name: 'Token for camera' });
    expect(engine.inputsOf('endpoints.createToken')).toEqual([{ name: 'camera', scopes: ['infer'] }]);
    expect(within(made).getByRole('status', { name: 'Token' }).textContent).toBe('slw_token-1');
    fireEvent.click(within(made).getByRole('button', { name: 'Done' }));
    await waitFor(() => expect(screen.queryByText('slw_token-1')).toBeNull());
    expect(within(screen.getByRole('table', { name: 'Tokens' })).getByText('camera')).toBeDefined();
  });

  test('one without a name is not made', async () => {
    const { engine } = await renderPage(<EndpointsArea />);
    await turnOn();
    fireEvent.click(screen.getByRole('button', { name: 'Create token' }));
    const form = await screen.findByRole('dialog', { name: 'Create a token' });
    fireEvent.submit(within(form).getByRole('textbox'));
    expect(engine.inputsOf('endpoints.createToken')).toEqual([]);
  });

  test('those that were made elsewhere are shown as well', async () => {
    const page = await renderPage(<EndpointsArea />);
    await turnOn();
    page.engine.accessTokens.push({ id: 'a', name: 'scanner', scopes: ['infer'], createdAtMs: 1_000_000 });
    change(page, { tokenCount: 1 });
    expect(await screen.findByRole('row', { name: 'scanner' })).toBeDefined();
  });

  test('one is revoked after a question', async () => {
    const page = await renderPage(<EndpointsArea />);
    await page.services.endpoints.createToken('camera', ['infer']);
    await turnOn();
    fireEvent.click(screen.getByRole('button', { name: 'Revoke token camera' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Revoke token' }));
    await waitFor(() => expect(page.engine.accessTokens).toEqual([]));
    await waitFor(() => expect(screen.queryByRole('table', { name: 'Tokens' })).toBeNull());
  });
});

describe('requests', () => {
  const rowsOf = (): string[] =>
    within(screen.getByRole('table', { name: 'Requests' }))
      .getAllByRole('row')
      .slice(1)
      .map((row) => row.textContent ?? '');

  test('arrive by themselves, newest first, with rate and p95', async () => {
    const page = await renderPage(<EndpointsArea />);
    await turnOn();
    serve(
      page,
      aRequest(1),
      aRequest(2, { status: 'NOT_FOUND', httpStatus: 404, model: 'flowers', version: null }),
    );
    const [newest, older] = rowsOf();
    expect(newest).toContain('404');
    expect(newest).toContain('flowers');
    expect(older).toContain('200');
    const figures = screen.getByLabelText('Figures');
    expect(within(figures).getByText('20.0')).toBeDefined(); // of the two seconds that are over
    expect(within(figures).getByText('17.2 ms')).toBeDefined();
    // of the seconds that are over
    const charts = within(figures).getAllByRole('img');
    expect(charts.map((chart) => chart.getAttribute('aria-label')?.replaceAll('\u00a0', ' '))).toEqual([
      'Requests in each of the last 60 seconds, at most 30',
      'p95 in each of the last 60 seconds, at most 17.2 ms',
      'Failed requests in each of the last 60 seconds, at most 2',
    ]);
    // nothing was answered in the first of the two
    expect(charts[1]?.querySelector('path')?.getAttribute('d')).toBe('M120,1Z');
  });

  test('are counted by model, and one model alone can be listed', async () => {
    const page = await renderPage(<EndpointsArea />);
    await turnOn();
    expect(screen.queryByRole('table', { name: 'By model' })).toBeNull();
    serve(page, aRequest(1), aRequest(2, { model: 'flowers', status: 'UNAVAILABLE', httpStatus: 503 }));
    const byModel = screen.getByRole('table', { name: 'By model' });
    const cells = within(byModel)
      .getAllByRole('row')
      .map((row) => [...row.children].map((cell) => cell.textContent?.replaceAll('\u00a0', ' ')));
    expect(cells).toEqual([
      ['Model', 'Requests/s', 'p50', 'p95', 'Failed', 'Requests'],
      ['digits', '19.5', '1.2 ms', '17.2 ms', '12', '4,000'],
      ['flowers', '0.5', '–', '–', '5', '5'],
    ]);
    expect(rowsOf()).toHaveLength(2);
    fireEvent.click(within(byModel).getByRole('button', { name: 'flowers' }));
    expect(rowsOf()).toHaveLength(1);
    expect(rowsOf()[0]).toContain('503');
    fireEvent.click(within(byModel).getByRole('button', { name: 'flowers' }));
    expect(rowsOf()).toHaveLength(2);
    // one that is called no more cannot keep the others out of the list
    fireEvent.click(within(byModel).getByRole('button', { name: 'flowers' }));
    act(() => page.engine.tell('endpoints.requested', { requests: [], figures: noRequestFigures }));
    expect(rowsOf()).toHaveLength(2);
  });

  test('can be narrowed to those that failed', async () => {
    const page = await renderPage(<EndpointsArea />);
    await turnOn();
    serve(
      page,
      aRequest(1),
      aRequest(2, {
        status: 'UNAVAILABLE',
        entrypoint: 'GRPC',
        httpStatus: null,
        path: '/tensorflow.serving.PredictionService/Predict',
      }),
    );
    fireEvent.click(screen.getByRole('button', { name: 'Failed 1' }));
    expect(rowsOf()).toHaveLength(1);
    expect(rowsOf()[0]).toContain('UNAVAILABLE');
    expect(rowsOf()[0]).toContain('PredictionService/Predict');
  });

  test('stand still while the list is paused', async () => {
    const page = await renderPage(<EndpointsArea />);
    await turnOn();
    serve(page, aRequest(1));
    fireEvent.click(screen.getByRole('button', { name: 'Pause the list' }));
    serve(page, aRequest(2));
    expect(rowsOf()).toHaveLength(1);
    fireEvent.click(screen.getByRole('button', { name: 'Pause the list' }));
    expect(rowsOf()).toHaveLength(2);
  });

  test('that are told of twice stand there once', async () => {
    const page = await renderPage(<EndpointsArea />);
    await turnOn();
    serve(page, aRequest(1));
    serve(page, aRequest(1), aRequest(2));
    expect(rowsOf()).toHaveLength(2);
  });
});

describe('one request', () => {
  test('is looked at: where its time went, and what was said both ways', async () => {
    const page = await renderPage(
      <InspectorSlot value={document.body}>
        <EndpointsArea />
      </InspectorSlot>,
      { models: [aModel('digits')] },
    );
    await turnOn();
    serve(page, aRequest(1, { durationMs: 5, caller: 'camera' }));
    expect(screen.getByText('Choose a request to see it in full')).toBeDefined();
    page.engine.requestDetails.set(1, {
      timingsMs: { parse: 0.5, queue: 0.25, run: 3, render: 0.25 },
      exampleCount: 2,
      requestBytes: 1_200,
      responseBytes: 3_400,
      codec: 'tfs-json',
      request: { text: '{"instances":[1,2]}', isCut: false },
      answer: { text: '{"predictions":[3', isCut: true },
      hasPicture: false,
    });
    fireEvent.click(screen.getByRole('button', { name: '/v1/models/digits:predict' }));
    const times = await screen.findByRole('figure');
    expect(times.getAttribute('aria-label')).toMatch(/Run 3\sms/);
    expect(times.getAttribute('aria-label')).toMatch(/Transfer 1\sms/);
    expect(screen.getByText('{"instances":[1,2]}')).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Copy Answer' }));
    await waitFor(() =>
      expect(page.engine.inputsOf('app.copyText')).toEqual([{ text: '{"predictions":[3' }]),
    );
    expect(screen.queryByRole('button', { name: 'Open in Playground' })).toBeNull();
  });

  test('with a picture is opened in the playground', async () => {
    const page = await renderPage(
      <InspectorSlot value={document.body}>
        <EndpointsArea />
      </InspectorSlot>,
    );
    await turnOn();
    serve(page, aRequest(1));
    page.engine.nextPictures = { pictures: [picture('request-1')], refused: [] };
    page.engine.requestDetails.set(1, {
      timingsMs: null,
      exampleCount: 1,
      requestBytes: 1,
      responseBytes: 1,
      codec: 'image',
      request: null,
      answer: null,
      hasPicture: true,
    });
    fireEvent.click(screen.getByRole('button', { name: '/v1/models/digits:predict' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Open in Playground' }));
    await waitFor(() => expect(page.services.playground.store.getState().picture?.name).toBe('request-1'));
    expect(page.engine.inputsOf('endpoints.openPicture')).toEqual([{ number: 1 }]);
  });
});

test('ports are chosen, one of them may be off, and web pages are let in', async () => {
  const { engine } = await renderPage(<EndpointsArea />);
  await turnOn();
  fireEvent.click(screen.getByRole('button', { name: 'Ports' }));
  const dialog = await screen.findByRole('dialog', { name: 'Ports' });
  const [rest, grpc] = ['REST port', 'gRPC port'].map((name) =>
    within(dialog).getByRole('textbox', { name }),
  );
  if (!rest || !grpc) throw new Error('two fields');
  fireEvent.change(rest, { target: { value: '70000' } });
  fireEvent.submit(rest);
  expect(within(dialog).getByRole('alert').textContent).toContain('1 to 65,535');
  fireEvent.change(rest, { target: { value: '9000' } });
  fireEvent.change(grpc, { target: { value: '' } });
  fireEvent.submit(rest);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  fireEvent.click(screen.getByRole('checkbox', { name: 'Let web pages call' }));
  await waitFor(() =>
    expect(engine.inputsOf('endpoints.set').slice(1)).toEqual([
      { restPort: 9_000, grpcPort: null },
      { isCorsEnabled: true },
    ]),
  );
});

test('while another setting is carried out, the page stays as it is', async () => {
  const page = await renderPage(<EndpointsArea />);
  await turnOn();
  change(page, { status: 'stopping' });
  change(page, { status: 'starting', rest: null, grpc: null });
  expect(screen.queryByText('Endpoints are off')).toBeNull();
  change(page, { status: 'off' });
  expect(screen.getByText('Endpoints are off')).toBeDefined();
});
