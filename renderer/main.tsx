import './client/no-eval';
import '@fontsource-variable/inter/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import { createRoot } from 'react-dom/client';
import type { Bridge } from '../app/contract/bridge';
import { App } from './App';
import { createServices } from './create-services';
import { followTheme } from './shell/theme';

declare global {
  interface Window {
    readonly bridge?: Bridge;
  }
}

const host = document.getElementById('root');
if (!host) throw new Error('index.html lacks #root');
if (!window.bridge) throw new Error('The preload gave no bridge');

const services = createServices({ bridge: window.bridge, keeper: localStorage });
followTheme(services.settings.store);
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
createRoot(host).render(<App services={services} nonce={nonce} />);
