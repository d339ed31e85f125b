import { expect, test } from '@grafana/plugin-e2e';

test('a panel plots the domains that are picked, a series each', async ({
  page,
  panelEditPage,
  readProvisionedDataSource,
}) => {
  const demo = await readProvisionedDataSource({ fileName: 'demo.yaml' });
  await panelEditPage.datasource.set(demo.name);
  await panelEditPage.setVisualization('Time series');
  const row = panelEditPage.getQueryEditorRow('A');
  const domains = row.getByLabel('Domains', { exact: true });
  for (const name of ['www.example.com', 'img.example.com']) {
    await domains.fill(name);
    await domains.press('Enter');
  }
  // The list stays open for more.
  await domains.press('Escape');
  await expect(panelEditPage.refreshPanel()).toBeOK();
  for (const name of ['www.example.com', 'img.example.com']) {
    await expect(panelEditPage.panel.locator.getByText(name)).toBeVisible();
  }
  await expect(panelEditPage.panel.getErrorIcon()).toBeHidden();
  await expect(page.getByText('No data')).toBeHidden();
});

test('a pattern that cannot be read is refused by name', async ({
  panelEditPage,
  readProvisionedDataSource,
}) => {
  const demo = await readProvisionedDataSource({ fileName: 'demo.yaml' });
  await panelEditPage.datasource.set(demo.name);
  const row = panelEditPage.getQueryEditorRow('A');
  await row.getByLabel('Regex', { exact: true }).check({ force: true });
  const pattern = row.getByLabel('Pattern', { exact: true });
  await pattern.fill('www(');
  await pattern.press('Tab');
  await expect(panelEditPage.refreshPanel()).not.toBeOK();
  await expect(row.getByText(/domainPattern/)).toBeVisible();
});
