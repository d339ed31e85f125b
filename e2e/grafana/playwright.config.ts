import { defineConfig } from '@playwright/test';
import type { PluginOptions } from '@grafana/plugin-e2e';
import path from 'node:path';
import { browser } from '../browser';

const root = path.resolve(__dirname, '..', '..');

/** Where the package's sign-in leaves the session, seen from the working directory. */
const signedIn = { storageState: `playwright/.auth/${process.env.GRAFANA_ADMIN_USER || 'admin'}.json` };

/**
 * Tests of the plugin in a real Grafana with everything in provisioning/. `go tool mage e2e` starts one, or names one in
 * GRAFANA_URL; they sign in as GRAFANA_ADMIN_USER and GRAFANA_ADMIN_PASSWORD, by default admin and admin.
 */
export default defineConfig<PluginOptions>({
  testDir: __dirname,
  // Not in e2e/results, which the other browser tests empty.
  outputDir: path.join(__dirname, 'results'),
  forbidOnly: Boolean(process.env.CI),
  // One Grafana, in which a test may change what another sees.
  workers: 1,
  // A test that passes at the second attempt is a fault to be found.
  retries: 0,
  // A busy machine is slow, not wrong.
  timeout: 240_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    ...browser,
    baseURL: process.env.GRAFANA_URL,
    provisioningRootDir: path.join(root, 'provisioning'),
    // So high that a dashboard is shown whole: Grafana loads what comes into view.
    viewport: { width: 1600, height: 3000 },
  },
  projects: [
    {
      name: 'sign in',
      testDir: path.join(path.dirname(require.resolve('@grafana/plugin-e2e')), 'auth'),
      testMatch: 'auth.setup.js',
    },
    { name: 'plugin', dependencies: ['sign in'], use: signedIn },
    { name: 'pictures', dependencies: ['sign in'], use: signedIn, testMatch: 'pictures.ts' },
  ],
});
