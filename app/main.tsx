import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { prepareEngine } from '../workers/client';
import { whenIdle } from './base/idle';
import { startAddress } from './shell/address';
import { App } from './shell/app';
import { startKeys } from './shell/keys';
import { startTheme } from './shell/theme';

startTheme();
startKeys();
startAddress();

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has lost its #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

// Most of the first open is compiling the engine; a failure shows when a capture is opened.
setTimeout(() => void prepareEngine().catch(() => undefined), 300);

if (import.meta.env.MODE === 'test') Object.assign(globalThis, { whenIdle });
