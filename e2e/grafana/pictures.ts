import path from 'node:path';
import { expect, test } from '@grafana/plugin-e2e';
import type { Page } from '@playwright/test';

import pluginJson from '../../src/plugin.json';
import { startHost } from '../host';

/** The pictures of the catalogue and the README, taken of demo data by `go tool mage screenshots`. */
const root = path.resolve(__dirname, '..', '..');
const catalogue = path.join(root, 'src', 'img', 'screenshots');
const WIDTH = 1600;

test.use({ viewport: { width: WIDTH, height: 1156 }, userPreferences: { theme: 'dark' } });

test.beforeEach(async ({ page }) => {
  // Grafana's menu would take a sixth of the width.
  await page.addInitScript(() => localStorage.setItem('grafana.navigation.docked', 'false'));
});

test('the overview', async ({ gotoDashboardPage, page, readProvisionedDashboard }) => {
  const { uid } = await readProvisionedDashboard({ fileName: 'origin-overview.json' });
  const dashboard = await gotoDashboardPage({ uid });
  await dashboard.waitForPanelsQueriesToComplete();
  await expect(page.getByLabel('Panel loading bar')).toHaveCount(0);
  await settle(page);
  await page.screenshot({ path: path.join(catalogue, 'overview.png') });
});

test('the query editor', async ({ page, panelEditPage, readProvisionedDataSource }) => {
  await page.setViewportSize({ width: WIDTH, height: 1100 });
  const demo = await readProvisionedDataSource({ fileName: 'demo.yaml' });
  await panelEditPage.datasource.set(demo.name);
  const row = panelEditPage.getQueryEditorRow('A');
  const domains = row.getByLabel('Domains', { exact: true });
  for (const name of ['download.example.com', 'cdn.example.net', 'img.example.com', 'static.example.com']) {
    await domains.fill(name);
    await domains.press('Enter');
  }
  await domains.press('Escape');
  await row.getByLabel('Unit', { exact: true }).click();
  await page.keyboard.type('Bits per second');
  await page.keyboard.press('Enter');
  await panelEditPage.setPanelTitle('Origin flow');
  await expect(panelEditPage.panel.locator.getByText('static.example.com')).toBeVisible();
  await settle(page);
  await page.screenshot({ path: path.join(catalogue, 'query.png') });
});

test('the configuration', async ({ createDataSourceConfigPage, page }) => {
  await page.setViewportSize({ width: WIDTH, height: 900 });
  const config = await createDataSourceConfigPage({ type: pluginJson.id, name: pluginJson.name });
  await page.getByLabel('Sign in with').click();
  await page.getByLabel('Select option').getByText(/^Demo/).click();
  await config.saveAndTest();
  await expect(config).toHaveAlert('success');
  // The browser's own word for details that have no summary; nothing of the page to click on.
  await page.locator('details').evaluate((details: HTMLDetailsElement) => (details.open = true));
  await settle(page);
  await page.screenshot({ path: path.join(catalogue, 'config.png') });
});

test('the workbench', async ({ page }) => {
  const host = await startHost();
  const query = { domains: ['www.example.com', 'static.example.com'], unit: 'bitsPerSecond' };
  const state = new URLSearchParams({ theme: 'light', query: JSON.stringify(query) });
  await page.setViewportSize({ width: 1400, height: 900 });
  await page.goto(`${host.url}/?${state}`);
  await expect(page.getByRole('listitem').filter({ hasText: 'static.example.com' })).toBeVisible();
  await settle(page);
  await page.screenshot({ path: path.join(root, 'docs', 'images', 'workbench-light.png') });
  await host.stop();
});

/** Waits until nothing fades or moves any more. */
async function settle(page: Page) {
  await page.mouse.move(WIDTH / 2, 2);
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(1500);
}
