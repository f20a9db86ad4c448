import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { RawIntlProvider } from 'react-intl';
import { type Services, ServicesProvider } from './services';
import { AppShell } from './shell/AppShell';
import { Toasts } from './ui/Toasts';

const tooltipDelayMs = 500;

export interface AppProps {
  readonly services: Services;
  /** The nonce of the page's Content-Security-Policy, for the few style elements of the primitives. */
  readonly nonce?: string | undefined;
}

export function App({ services, nonce }: AppProps) {
  return (
    <CSPProvider nonce={nonce} disableStyleElements>
      <RawIntlProvider value={services.translator.intl}>
        <ServicesProvider services={services}>
          <Tooltip.Provider delay={tooltipDelayMs}>
            <AppShell />
            <Toasts />
          </Tooltip.Provider>
        </ServicesProvider>
      </RawIntlProvider>
    </CSPProvider>
  );
}
