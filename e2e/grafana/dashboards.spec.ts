import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@grafana/plugin-e2e';

import pluginJson from '../../src/plugin.json';

const folder = path.resolve(__dirname, '..', '..', 'provisioning', 'dashboards');

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const dashboard: Dashboard = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));

  test(`${dashboard.title} shows data in every panel`, async ({ gotoDashboardPage, page }) => {
    const refused: string[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/api/ds/query') && !response.ok()) {
        refused.push(`${response.status()} ${response.url()}`);
      }
    });
    const shown = await gotoDashboardPage({ uid: dashboard.uid });
    for (const { id, title } of dashboard.panels.filter(({ type }) => type !== 'row')) {
      const panel = shown.getPanelById(String(id));
      await panel.scrollIntoView();
      await expect(panel.locator, title).toContainText(title);
    }
    await shown.waitForPanelsQueriesToComplete();
    await expect(page.getByLabel('Panel loading bar')).toHaveCount(0);
    await expect(shown).not.toHavePanelErrors();
    await expect(page.getByText('No data')).toHaveCount(0);
    expect(refused).toEqual([]);
  });
}

test('a domain of the overview opens in detail, with its time range', async ({ gotoDashboardPage, page }) => {
  await gotoDashboardPage({ uid: 'aliyuncdn-origin-overview', timeRange: { from: 'now-6h', to: 'now' } });
  const cell = page.getByRole('cell', { name: 'static.example.com' }).getByRole('link');
  await cell.click();
  await expect(page).toHaveURL(/\/d\/aliyuncdn-one-domain\b/);
  const { searchParams } = new URL(page.url());
  expect(searchParams.get('var-domain')).toBe('static.example.com');
  expect(searchParams.get('var-datasource')).toBeTruthy();
  expect(searchParams.get('from')).toBe('now-6h');
});

test('the plugin offers its dashboards for import', async ({ request }) => {
  const offered = await request.get(`/api/plugins/${pluginJson.id}/dashboards`);
  const titles = (await offered.json()).map(({ title }: { title: string }) => title);
  expect(titles.sort()).toEqual(pluginJson.includes.map(({ name }) => name).sort());
});

interface Dashboard {
  uid: string;
  title: string;
  panels: Array<{ id: number; type: string; title: string }>;
}
