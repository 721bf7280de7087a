import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const port = Number(process.env['E2E_PORT'] ?? 8137);
/** What `npm start` serves; the journeys run against a build that also tells when it is idle. */
const productionPort = port + 1;
process.env['PRODUCTION_URL'] = `http://localhost:${productionPort}`;
const debian = '/usr/bin/chromium';
const chromium = process.env['CHROMIUM_PATH'] ?? (existsSync(debian) ? debian : undefined);

/** The journeys run in a real Chromium, one of them against just what `npm start` serves. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  forbidOnly: process.env['CI'] !== undefined,
  fullyParallel: true,
  // Two: a page has an engine worker of its own, and the usual machine of the gate has two cores.
  workers: 2,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1280, height: 800 },
    timezoneId: 'UTC',
    locale: 'en-GB',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
  projects: [{ name: 'chromium', use: { browserName: 'chromium' } }],
  webServer: [
    { command: 'node e2e/serve.mjs', port },
    { command: 'node scripts/start.mjs', port: productionPort },
  ].map((server) => ({
    command: server.command,
    env: { PORT: String(server.port), HOST: 'localhost' },
    url: `http://localhost:${server.port}`,
    // A first build may be part of it.
    timeout: 600_000,
    reuseExistingServer: false,
    stdout: 'pipe',
  })),
});
