import { type RenderResult, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { RawIntlProvider } from 'react-intl';
import type { Disposable } from '../../app/base/lifecycle';
import { createServices } from '../../renderer/create-services';
import { type Services, ServicesProvider } from '../../renderer/services';
import { Toasts } from '../../renderer/ui/Toasts';
import { FakeEngine, type FakeEngineOptions } from './fake-bridge';
import { memoryKeeper } from './memory-keeper';

export interface RenderedPage extends RenderResult {
  readonly engine: FakeEngine;
  readonly services: Services;
  readonly connection: Disposable;
}

export interface RenderPageOptions extends FakeEngineOptions {
  /** Milliseconds since the epoch; the real time unless given. */
  readonly now?: () => number;
}

/** Draws a part of the page over a fake engine, with every mirror connected. Needs happy-dom. */
export async function renderPage(
  part: ReactNode,
  { now = Date.now, ...options }: RenderPageOptions = {},
): Promise<RenderedPage> {
  const engine = new FakeEngine(options);
  const services = createServices({ bridge: engine.bridge, keeper: memoryKeeper(), now });
  const connection = await services.connect();
  const result = render(
    <RawIntlProvider value={services.translator.intl}>
      <ServicesProvider services={services}>
        {part}
        <Toasts />
      </ServicesProvider>
    </RawIntlProvider>,
  );
  return { ...result, engine, services, connection };
}
