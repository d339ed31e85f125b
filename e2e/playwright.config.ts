import { defineConfig } from '@playwright/test';
import path from 'node:path';
import { browser } from './browser';

/**
 * Browser tests of the built plugin in the workbench. They need the built plugin, the built workbench and a Chromium of
 * this machine, named in CHROMIUM where it is not Debian's; no browser is downloaded.
 */
export default defineConfig({
  testDir: __dirname,
  // Those in grafana/ need a real Grafana and have a configuration of their own.
  testIgnore: 'grafana/**',
  outputDir: path.join(__dirname, 'results'),
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // Each worker has a browser and a workbench of its own.
  workers: 2,
  // A test that passes at the second attempt is a fault to be found.
  retries: 0,
  // A busy machine is slow, not wrong.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    ...browser,
    viewport: { width: 1400, height: 900 },
  },
});
